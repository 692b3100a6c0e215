import { cores } from '../../base/runtime.ts';
import type { Irregular } from '../../imaging/index.ts';
import type { Workspace } from '../../workspace/index.ts';
import type { Batches } from './batches.ts';
import type { LabelRules } from './labels/join.ts';
import type { ImportHooks, ImportOptions } from './options.ts';
import { runPool } from './pool.ts';
import type { FileReport, FileSite, Rejection, WorkerStart } from './types.ts';
import { type FoundVolume, groupVolumes, isAnatomical, type Surveyed } from './volumes.ts';

/** Volumes that are read at the same time may have so many voxels together. */
const mostVoxels = 2 ** 27;

export interface ReadingContext {
  readonly options: ImportOptions;
  readonly subjectFrom: string;
  readonly labels: LabelRules | undefined;
  readonly hooks: ImportHooks;
  readonly startedAt: number;
  readonly reject: (rejection: Rejection) => void;
}

export interface ReadingResult {
  /** Slices that the dataset had. */
  readonly already: number;
  /** Lines of the table of labels that slices are from, and slices that no line is about. */
  readonly lines: ReadonlySet<number>;
  readonly withoutLine: number;
  /** Why DICOM slices were not cut along the plane that was asked for. */
  readonly irregular: ReadonlySet<Irregular>;
}

/** Sends all files through the workers and their slices into the batches. */
export async function readFiles(
  ws: Workspace,
  files: readonly FileSite[],
  batches: Batches,
  context: ReadingContext,
): Promise<ReadingResult> {
  const { options, hooks, startedAt } = context;
  const known = ws.sources(options.dataset);
  const start: WorkerStart = {
    task: 'import',
    secret: ws.secret(),
    rules: {
      subjectFrom: context.subjectFrom,
      privacy: ws.dataset(options.dataset).privacy,
      ...(options.plane === undefined ? {} : { plane: options.plane }),
      ...(options.volume === undefined ? {} : { volume: options.volume }),
      ...(options.colour === undefined ? {} : { colour: options.colour }),
    },
    labels: context.labels,
    known: [...known.keys()],
  };
  const failing = new AbortController();
  const { signal: failed } = failing;
  const signal = hooks.signal === undefined ? failed : AbortSignal.any([hooks.signal, failed]);
  const workers = options.workers ?? cores();
  let filesDone = 0;
  let alreadyKnown = 0;
  const lines = new Set<number>();
  let withoutLine = 0;
  const irregular = new Set<Irregular>();
  const done = (count: number) => {
    filesDone += count;
    const elapsedMs = performance.now() - startedAt;
    hooks.onProgress?.({
      filesDone,
      filesTotal: files.length,
      slices: batches.added,
      elapsedMs,
      remainingMs: filesDone === 0 ? null : (elapsedMs / filesDone) * (files.length - filesDone),
    });
  };
  const reject = (site: FileSite | undefined, code: string, reason: string) =>
    context.reject({ path: site?.relative ?? '', code, reason });

  const survey = async (): Promise<Surveyed[]> => {
    const found: Surveyed[] = [];
    await runPool(files, {
      workers,
      start: { ...start, task: 'survey' },
      signal,
      onReport: (report) => {
        const file = files[report.id];
        // What cannot be read is read again with the others, and rejected then.
        if (report.type === 'surveyed' && file !== undefined) found.push({ ...report, file });
      },
    });
    // Reports come in any order.
    const place = new Map(files.map((file, i) => [file, i]));
    return found.sort((a, b) => (place.get(a.file) ?? 0) - (place.get(b.file) ?? 0));
  };

  const read = async (sites: readonly (FileSite | FoundVolume)[], threads: number): Promise<FileSite[]> => {
    const left: FileSite[] = [];
    if (sites.length === 0) return left;
    const conflict = (id: number) =>
      reject(
        sites[id],
        'ALREADY_EXISTS',
        'The dataset has a slice of the same identifier with other pixels.',
      );
    batches.listen(conflict, (error) => failing.abort(error));
    /** A member of a volume cannot be read: the others stay as they were acquired. */
    const leave = (members: readonly FileSite[], at: number, code: string, reason: string) => {
      reject(members[at], code, reason);
      left.push(...members.filter((_, i) => i !== at));
      if (members.length > 1) irregular.add('gaps');
      done(1);
    };
    /** Volumes of which slices are stored. */
    const begun = new Set<number>();
    /** Cutting a volume failed, through no fault of a file. */
    const giveUp = (id: number, members: readonly FileSite[], code: string, reason: string) => {
      if (begun.has(id)) {
        // Its slices as they were acquired would show the same voxels a second time.
        reject(members[0], code, `${reason} The volume that begins with this file is stored in part.`);
        done(members.length);
        return;
      }
      const why = `${reason} The volume that begins with this file was not cut and stays as it was acquired.`;
      reject(members[0], code, why);
      left.push(...members);
    };
    const onReport = (report: FileReport, stored: () => void) => {
      const site = sites[report.id];
      const members = site !== undefined && 'members' in site ? site.members : undefined;
      if (report.type === 'slices') {
        for (const line of report.lines) lines.add(line);
        withoutLine += report.withoutLine;
        if (members !== undefined) begun.add(report.id);
        batches.push(report, stored);
        if (report.total !== null) done(members?.length ?? 1);
      } else if (report.type === 'known') {
        alreadyKnown += known.get(Buffer.from(report.sourceKey).toString('hex')) ?? 0;
        done(members?.length ?? 1);
      } else if (report.type === 'unfit') leave(members ?? [], report.member, report.code, report.reason);
      else if (report.type === 'rejected') {
        if (members !== undefined) giveUp(report.id, members, report.code, report.reason);
        else {
          reject(site, report.code, report.reason);
          done(1);
        }
      }
    };
    await runPool(sites, { workers: threads, start, signal, onReport });
    // Conflicts are told by the places in this list.
    batches.store();
    return left;
  };

  try {
    if (isAnatomical(options.plane)) {
      const grouped = groupVolumes(await survey(), options.plane);
      for (const reason of grouped.irregular) irregular.add(reason);
      for (const { slices } of grouped.copies) alreadyKnown += slices.length;
      done(grouped.copies.length);
      const largest = grouped.volumes.reduce((most, { voxels }) => Math.max(most, voxels), 1);
      const left = await read(
        grouped.volumes,
        Math.max(1, Math.min(workers, Math.floor(mostVoxels / largest))),
      );
      const settled = new Set([...grouped.taken, ...grouped.copies.map(({ file }) => file)]);
      await read([...files.filter((file) => !settled.has(file)), ...left], workers);
    } else await read(files, workers);
  } catch (error) {
    throw failed.reason ?? error;
  }
  return { already: batches.already + alreadyKnown, lines, withoutLine, irregular };
}
