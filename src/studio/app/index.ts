import { availableParallelism, platform, totalmem } from 'node:os';
import { basename, resolve } from 'node:path';
import { appName, appVersion } from '../../base/runtime.ts';
import type { AppInfo } from '../../contract/index.ts';
import { Workspace } from '../../workspace/index.ts';
import type { StartTrainer } from '../train/index.ts';
import { ChangeFeed } from './changes.ts';
import { DatasetViews } from './datasets.ts';
import { Media } from './media.ts';
import { Reads } from './reads.ts';
import { appRouter } from './router.ts';
import { RunViews } from './runs.ts';
import { Samples } from './samples.ts';
import { Trainings } from './trainings.ts';

export interface StudioAppOptions {
  /** Folder of the workspace. */
  readonly workspace: string;
  readonly shell: AppInfo['shell'];
  /** Makes the workspace where the folder is missing or empty. */
  readonly create?: boolean;
  /** How a trainer process is started; default: a fork of this Node. */
  readonly startTrainer?: StartTrainer;
}

/** The Studio as the screens see it: the contract's calls, and pictures by address. */
export interface StudioApp {
  readonly router: ReturnType<typeof appRouter>;
  readonly media: Media['answer'];
  close(): Promise<void>;
}

/**
 * Opens a workspace for the screens. It writes only while it trains; another process may write at other
 * times, and its changes show within half a second.
 *
 * @throws GantryError as Workspace.open does
 */
export async function openStudioApp(options: StudioAppOptions): Promise<StudioApp> {
  const workspace =
    options.create === true ? Workspace.openOrCreate(options.workspace) : Workspace.open(options.workspace);
  const reads = new Reads(workspace.dir);
  const datasets = new DatasetViews(workspace, reads);
  const samples = new Samples(workspace);
  const trainings = new Trainings(workspace, options.startTrainer);
  const runs = new RunViews(workspace, samples, trainings);
  const changes = new ChangeFeed(workspace, reads, runs);
  const media = new Media(workspace, reads, samples);
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
    router: appRouter({ info, datasets, runs, trainings, changes }),
    media: media.answer,
    async close() {
      changes.close();
      await trainings.close();
      await samples.close();
      reads.close();
      workspace.close();
    },
  };
}
