import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { GantryError } from '../../base/errors.ts';
import type { GenerateChoices, GenerateRequest, Picked } from '../../contract/index.ts';
import { downloadUrl } from '../../contract/media.ts';
import { parseRunConfig } from '../../gan/index.ts';
import { readBest } from '../../trainer/best.ts';
import { listCheckpoints } from '../../trainer/checkpoint.ts';
import type { RunRecord, Workspace } from '../../workspace/index.ts';
import type { Imports } from './imports.ts';
import type { Jobs } from './jobs.ts';
import { stagingFolder } from './staging.ts';
import { runTask, type Task } from './task.ts';
import { type ZipEntry, zipEntries, zipLength, zipStream } from './zip.ts';

/** The shell's dialog for a folder to write to. */
export type PickFolder = () => Promise<string | undefined>;

export interface Download {
  readonly name: string;
  readonly bytes: number;
  stream(): AsyncGenerator<Uint8Array>;
}

export type OutputTarget = GenerateRequest['target'];

export interface Output {
  readonly folder: string;
  /** What the archive is called; undefined where the user chose the folder. */
  readonly archive: string | undefined;
}

/** Classes that a conditional run was trained with. */
function classesOf(run: RunRecord): GenerateChoices['labels'] {
  try {
    const { gan } = run.config as Record<string, unknown>;
    const labels = parseRunConfig(gan).conditions?.labels ?? [];
    return labels.flatMap((label) =>
      label.kind === 'class' ? [{ name: label.name, values: [...label.values] }] : [],
    );
  } catch {
    // A configuration of another version: generating says what is wrong with it.
    return [];
  }
}

function taskOf(request: GenerateRequest, folder: string): Task {
  const { runId, count, seed, format, intensityFrom, keepNearCopies, checkpoint, truncation, withReal } =
    request;
  const labels = Object.keys(request.labels ?? {}).length === 0 ? {} : { labels: request.labels };
  const slices = { run: runId, count, seed, format, keepNearCopies, ...labels };
  if (request.content === 'package') return { type: 'package', ...slices, out: folder, withReal };
  const units = intensityFrom === undefined ? {} : { intensityFrom };
  return { type: 'generate', ...slices, outDir: folder, checkpoint, truncation, ...units };
}

/** Slices that the screens ask for: generated in a thread, as a job, into a folder of the user or an archive. */
export class Outputs {
  private readonly workspace: Workspace;
  private readonly jobs: Jobs;
  private readonly imports: Imports;
  private readonly pickFolder: PickFolder | undefined;
  private readonly outputs = new Map<string, Output>();

  constructor(workspace: Workspace, jobs: Jobs, imports: Imports, pickFolder: PickFolder | undefined) {
    this.workspace = workspace;
    this.jobs = jobs;
    this.imports = imports;
    this.pickFolder = pickFolder;
    jobs.listen((change) => {
      if (change.type === 'job-removed') void this.discard(change.jobId);
    });
  }

  /** What can be chosen for a run. @throws NOT_FOUND */
  async choices(runId: string): Promise<GenerateChoices> {
    const run = this.workspace.run(runId);
    const newest = (await listCheckpoints(this.workspace.runDir(runId))).at(-1);
    const series = this.workspace.hasDataset(run.dataset) ? this.workspace.series(run.dataset) : [];
    return {
      checkpointImages: newest?.images ?? null,
      canPick: this.pickFolder !== undefined,
      labels: classesOf(run),
      hasBest: (await readBest(this.workspace.runDir(runId)).catch(() => null)) !== null,
      units: series
        .filter(({ window }) => window != null)
        .map(({ label, attributes }) => ({ series: label, unit: attributes.rescaleUnit ?? null }))
        .slice(0, 200),
    };
  }

  /** @throws USAGE in a shell without a dialog */
  async pick(): Promise<Picked | null> {
    if (this.pickFolder === undefined) {
      throw new GantryError('USAGE', 'A browser chooses the folder of a download itself.');
    }
    const folder = await this.pickFolder();
    return folder === undefined ? null : this.imports.keep([folder]);
  }

  /** @throws NOT_FOUND for the run, or for a chosen folder that is no longer known */
  start(request: GenerateRequest): string {
    const { runId, seed, format, target, content } = request;
    this.workspace.run(runId);
    const name = `${runId}-seed-${seed}-${content === 'package' ? 'package' : format}`;
    const output = this.place(name, target);
    const { id } = this.jobs.start('generate', runId, async (job) => {
      this.keep(job.id, output);
      try {
        const { figures } = await runTask(this.workspace.dir, taskOf(request, output.folder), {
          signal: job.signal,
          onProgress: (done, total, phase) => job.progress({ done, total, phase }),
        });
        return {
          ...figures,
          ...(output.archive === undefined
            ? { folder: basename(output.folder) }
            : { download: downloadUrl(job.id) }),
        };
      } catch (error) {
        await this.discard(job.id);
        throw error;
      }
    });
    return id;
  }

  /** The archive of a job that is done, or null. */
  async download(jobId: string): Promise<Download | null> {
    const output = this.outputs.get(jobId);
    if (output?.archive === undefined || !existsSync(output.folder)) return null;
    const entries: ZipEntry[] = await zipEntries(output.folder, output.archive);
    return {
      name: `${output.archive}.zip`,
      bytes: zipLength(entries),
      stream: () => zipStream(entries, new Date()),
    };
  }

  /** Folder of a job that the user chose, for the shell to show. */
  folderOf(jobId: string): string | undefined {
    const output = this.outputs.get(jobId);
    return output?.archive === undefined ? output?.folder : undefined;
  }

  /** Ties an output to its job: it is removed with it, unless it lies in a folder of the user. */
  keep(jobId: string, output: Output): void {
    this.outputs.set(jobId, output);
  }

  async close(): Promise<void> {
    await Promise.all([...this.outputs.keys()].map((jobId) => this.discard(jobId)));
  }

  /** A folder that does not exist yet, where the user wants it or for an archive. @throws NOT_FOUND */
  place(name: string, target: OutputTarget): Output {
    if (target.type === 'download') {
      return { folder: stagingFolder(this.workspace.dir, 'export').folder, archive: name };
    }
    const [parent] = this.imports.pathsOfPick(target.pickId);
    if (parent === undefined) throw new GantryError('NOT_FOUND', 'The chosen folder is no longer known.');
    // Never into what is there: a second export of the same slices gets a number.
    for (let i = 1; ; i++) {
      const folder = join(parent, i === 1 ? name : `${name}-${i}`);
      if (!existsSync(folder)) return { folder, archive: undefined };
    }
  }

  /** Forgets a job's output; an archive's files are removed, a folder of the user is not. */
  async discard(jobId: string): Promise<void> {
    const output = this.outputs.get(jobId);
    this.outputs.delete(jobId);
    if (output?.archive !== undefined) {
      await rm(output.folder, { recursive: true, force: true, maxRetries: 3 }).catch(() => {});
    }
  }
}
