import { randomBytes } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { GantryError } from '../../base/errors.ts';
import type { FolderListing, ImportRequest, ImportSource, ImportWays, Picked } from '../../contract/index.ts';
import type { Workspace } from '../../workspace/index.ts';
import { checkImportable, importPaths, NothingImported } from '../import/index.ts';
import type { Jobs } from './jobs.ts';
import type { Places } from './places.ts';
import type { Uploads } from './uploads.ts';

/** The shell's native dialog; resolves with nothing when the user thinks better of it. */
export type PickPaths = (kind: 'folder' | 'files') => Promise<readonly string[]>;

const keptPicks = 32;

/** Imports that the screens start. Paths of the host stay here; a page holds names for them. */
export class Imports {
  private readonly workspace: Workspace;
  private readonly jobs: Jobs;
  private readonly places: Places;
  private readonly uploads: Uploads;
  private readonly pickPaths: PickPaths | undefined;
  private readonly picks = new Map<string, readonly string[]>();

  constructor(
    workspace: Workspace,
    jobs: Jobs,
    places: Places,
    uploads: Uploads,
    pickPaths: PickPaths | undefined,
  ) {
    this.workspace = workspace;
    this.jobs = jobs;
    this.places = places;
    this.uploads = uploads;
    this.pickPaths = pickPaths;
  }

  ways(): ImportWays {
    const canPick = this.pickPaths !== undefined;
    return { places: this.places.list(), canPick, canUpload: !canPick };
  }

  browse(placeId: string, path: readonly string[]): Promise<FolderListing> {
    return this.places.browse(placeId, path);
  }

  /** Asks the user by the shell's own dialog. @throws USAGE in a shell without one */
  async pick(kind: 'folder' | 'files'): Promise<Picked | null> {
    if (this.pickPaths === undefined) {
      throw new GantryError('USAGE', 'There is no dialog for files in a browser.', {
        action: 'Choose an allowed folder, or send the files.',
      });
    }
    const paths = await this.pickPaths(kind);
    return paths.length === 0 ? null : this.keep(paths);
  }

  /** Keeps paths that the shell got from the user, and gives the name that a page may use for them. */
  keep(paths: readonly string[]): Picked {
    const pickId = randomBytes(12).toString('hex');
    this.picks.set(pickId, paths);
    for (const old of this.picks.keys()) {
      if (this.picks.size <= keptPicks) break;
      this.picks.delete(old);
    }
    return { pickId, name: basename(paths[0] ?? ''), items: paths.length };
  }

  /** @throws DATASET_IN_USE, NOT_FOUND for a source that is gone, BAD_CONFIG or USAGE for the name of the dataset */
  async start(request: ImportRequest): Promise<string> {
    if (this.jobs.isBusy('import')) {
      throw new GantryError('WORKSPACE_BUSY', 'Another import is at work.', {
        action: 'Wait for its end, or cancel it.',
      });
    }
    const { source, dataset, labels, keepCategories, ...rules } = request;
    const discard = () =>
      Promise.all(
        [source, labels].map((sent) => sent?.type === 'upload' && this.uploads.discard(sent.uploadId)),
      );
    const found = async () => {
      checkImportable(this.workspace, dataset);
      return {
        table: labels === undefined ? undefined : (await this.pathsOf(labels))[0],
        paths: await this.pathsOf(source),
      };
    };
    const { table, paths } = await found().catch(async (error: unknown) => {
      // An import that cannot start leaves no files of patients in the workspace's folder.
      await discard();
      throw error;
    });
    const given = {
      ...rules,
      ...(table === undefined ? {} : { labels: table }),
      ...(keepCategories === undefined ? {} : { privacy: { categories: keepCategories } }),
    };
    const { id, ended } = this.jobs.start('import', dataset, async (job) => {
      try {
        const result = await importPaths(
          this.workspace,
          { paths, dataset, ...given },
          {
            signal: job.signal,
            onProgress: ({ filesDone, filesTotal, remainingMs }) =>
              job.progress({
                done: filesDone,
                total: filesTotal,
                remainingMs,
                phase: filesDone < filesTotal ? 'reading' : 'measuring',
              }),
            onReject: ({ path, code, reason }) => job.reject(path, code, reason),
          },
        );
        const record = this.workspace.dataset(dataset);
        return {
          datasetId: String(record.id),
          added: result.added,
          already: result.already,
          slices: result.slices,
          setAside: result.setAside,
          series: result.series,
          subjects: result.subjects,
          heldOutSubjects: result.heldOutSubjects,
        };
      } catch (error) {
        // Its reasons are the job's already.
        if (error instanceof NothingImported) throw new GantryError(error.code, error.message);
        throw error;
      }
    });
    void ended.then(discard);
    return id;
  }

  private async pathsOf(source: ImportSource): Promise<readonly string[]> {
    if (source.type === 'place') return [await this.places.resolve(source.placeId, source.path)];
    if (source.type === 'upload') {
      // What was dropped lies side by side in the upload's folder, and each is what a user would have given.
      const folder = this.uploads.folder(source.uploadId);
      return (await readdir(folder)).sort().map((name) => join(folder, name));
    }
    return this.pathsOfPick(source.pickId);
  }

  /** What the user chose under this name. @throws NOT_FOUND */
  pathsOfPick(pickId: string): readonly string[] {
    const paths = this.picks.get(pickId);
    if (paths === undefined) {
      throw new GantryError('NOT_FOUND', 'What was chosen is no longer known.', {
        action: 'Choose it again.',
      });
    }
    return paths;
  }
}
