import { availableParallelism, platform, totalmem } from 'node:os';
import { basename, resolve } from 'node:path';
import { appName, appVersion } from '../../base/runtime.ts';
import type { AppInfo, Change } from '../../contract/index.ts';
import { Workspace } from '../../workspace/index.ts';
import { ReviewMedia } from '../review/media.ts';
import { ReviewViews } from '../review/views.ts';
import { StudyViews } from '../study/views.ts';
import type { StartTrainer } from '../train/index.ts';
import { ChangeFeed } from './changes.ts';
import { DatasetViews } from './datasets.ts';
import { Evaluations } from './evaluations.ts';
import { Explorations } from './explorations.ts';
import { HealthViews } from './health.ts';
import { Imports, type PickPaths } from './imports.ts';
import { Jobs } from './jobs.ts';
import { Manage } from './manage.ts';
import { Media } from './media.ts';
import { Merges } from './merges.ts';
import { Models } from './models.ts';
import { type Download, Outputs, type PickFolder } from './outputs.ts';
import { Places } from './places.ts';
import { Planning } from './planning.ts';
import { Presence } from './presence.ts';
import { Reads } from './reads.ts';
import { appRouter } from './router.ts';
import { RunViews } from './runs.ts';
import { Samples } from './samples.ts';
import { sweepStaging } from './staging.ts';
import { Trainings } from './trainings.ts';
import { Uploads } from './uploads.ts';

export interface StudioAppOptions {
  /** Folder of the workspace. */
  readonly workspace: string;
  readonly shell: AppInfo['shell'];
  /** Makes the workspace where the folder is missing or empty. */
  readonly create?: boolean;
  /** How a trainer process is started; default: a fork of this Node. */
  readonly startTrainer?: StartTrainer;
  /** Folders of this machine that the pages may import from. */
  readonly allow?: readonly string[];
  /** The shell's own dialog for files; left out in a browser. */
  readonly pickPaths?: PickPaths;
  /** The shell's dialog for a folder to write to. */
  readonly pickFolder?: PickFolder;
  /** Shows a folder in the system's file manager. */
  reveal?(folder: string): void;
}

/** The Studio as the screens see it: the contract's calls, and pictures by address. */
export interface StudioApp {
  readonly router: ReturnType<typeof appRouter>;
  readonly media: Media['answer'];
  /** Takes a file that a page sends. */
  readonly receive: Uploads['receive'];
  /** The archive that a job has made, or null. */
  download(jobId: string): Promise<Download | null>;
  /** Tells the open pages that the user dropped these files or folders on the window. */
  dropped(paths: readonly string[]): void;
  /** Every change of the workspace, and of the work on it, until the signal ends it. */
  follow(signal: AbortSignal): AsyncGenerator<Change>;
  close(): Promise<void>;
}

/**
 * Opens a workspace for the screens. It writes only while it trains; another process may write at other
 * times, and its changes show within half a second.
 *
 * @throws GantryError as Workspace.open does
 */
export async function openStudioApp(options: StudioAppOptions): Promise<StudioApp> {
  const places = new Places(options.allow ?? []);
  const workspace =
    options.create === true ? Workspace.openOrCreate(options.workspace) : Workspace.open(options.workspace);
  const presence = new Presence(workspace.dir);
  const reads = new Reads(workspace.dir);
  const datasets = new DatasetViews(workspace, reads);
  const samples = new Samples(workspace);
  // A sheet of every checkpoint, so that there is a history to leaf through when the checkpoints are gone.
  const planning: Planning = new Planning(workspace, () => trainings.isBusy || jobs.isBusy());
  const jobs = new Jobs();
  const trainings: Trainings = new Trainings(workspace, planning, options.startTrainer, (runId, name) => {
    samples.picture(runId, name).catch(() => {});
  });
  const runs = new RunViews(workspace, samples, trainings);
  sweepStaging(workspace.dir);
  const uploads = new Uploads(workspace.dir);
  const imports = new Imports(workspace, jobs, places, uploads, options.pickPaths);
  const outputs = new Outputs(workspace, jobs, imports, options.pickFolder);
  const changes = new ChangeFeed(workspace, reads, runs, jobs, presence);
  const manage = new Manage(workspace, jobs, outputs, trainings);
  const evaluations = new Evaluations(workspace, jobs);
  const explorations = new Explorations(workspace, jobs, outputs);
  const media = new Media(workspace, reads, samples, evaluations, explorations);
  const studies = new StudyViews(workspace, jobs);
  const reviews = new ReviewViews(workspace, jobs);
  const reviewMedia = new ReviewMedia(workspace, reviews.sets, studies.studies, (id) => reads.seriesOf(id));
  const info = (): AppInfo => ({
    name: appName,
    version: appVersion,
    shell: options.shell,
    node: process.versions.node,
    platform: platform(),
    cpuThreads: availableParallelism(),
    memoryBytes: totalmem(),
    workspace: { name: basename(resolve(options.workspace)) },
  });
  return {
    router: appRouter({
      info,
      presence,
      datasets,
      health: new HealthViews(workspace),
      runs,
      trainings,
      planning,
      changes,
      jobs,
      imports,
      uploads,
      outputs,
      manage,
      merges: new Merges(workspace, jobs),
      models: new Models(workspace, jobs, outputs),
      evaluations,
      explorations,
      studies,
      reviews,
      reveal: (folder) => options.reveal?.(folder),
    }),
    media: async (path, query) => reviewMedia.answer(path) ?? media.answer(path, query),
    download: (jobId) => outputs.download(jobId),
    receive: (uploadId, path, bytes) => uploads.receive(uploadId, path, bytes),
    dropped: (paths) => {
      if (paths.length > 0) changes.tell({ type: 'dropped', picked: imports.keep(paths) });
    },
    follow: (signal) => changes.follow(undefined, signal),
    async close() {
      changes.close();
      await Promise.all([jobs.close(), trainings.close()]);
      await Promise.all([uploads.close(), outputs.close()]);
      await samples.close();
      studies.close();
      reviews.close();
      reads.close();
      workspace.close();
    },
  };
}
