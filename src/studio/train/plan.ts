import { GantryError } from '../../base/errors.ts';
import { cores } from '../../base/runtime.ts';
import {
  checkBeginning,
  createConfig,
  loadPreset,
  parseRunConfig,
  type RunConfig,
  shardsFor,
} from '../../gan/index.ts';
import type { DatasetRecord, RunRecord, Workspace } from '../../workspace/index.ts';
import { chooseDevice } from '../devices/index.ts';
import { checkpointOf } from './branch.ts';
import { conditionsFor } from './conditions.ts';
import { withSettings } from './settings.ts';

export interface NewTraining {
  readonly dataset: string;
  readonly preset?: string | undefined;
  /** Edge in pixels; default: the preset's first. */
  readonly size?: number | undefined;
  /** Total images of the run; or `minutes`; or neither: the preset's own length. */
  readonly images?: number | undefined;
  readonly minutes?: number | undefined;
  readonly seed?: number | undefined;
  readonly device?: string | undefined;
  readonly threads?: number | undefined;
  readonly checkpointEvery?: number | undefined;
  /** Newest checkpoints that are kept beside the best one; default 3. */
  readonly keep?: number | undefined;
  /** Labels of the dataset that the networks are told of. */
  readonly conditions?: readonly string[] | undefined;
  /** Shows every combination of classes equally often. */
  readonly balanced?: boolean | undefined;
  /** Changes of the preset: "penalty.gamma=2,batch=8". */
  readonly settings?: string | undefined;
  /** Words of the caller that stand with the run. */
  readonly note?: string | undefined;
  /** Run ("run-0001", "run-0001@40000") whose networks this one begins with. */
  readonly from?: string | undefined;
}

const defaultCheckpointEvery = 5_000;
const defaultKeep = 3;

/** What the Studio keeps with a run beside the GAN's own configuration, so that resume needs nothing else. */
export interface Plan {
  readonly gan: RunConfig;
  readonly threads: number;
  readonly checkpointEvery: number;
  readonly keep: number;
  /** Of the labels that the run is told; null without conditions. */
  readonly labelsHash: string | null;
  /** Whose networks the run began with. */
  readonly from: From | null;
}

/** A checkpoint of another run. */
export interface From {
  readonly run: string;
  readonly checkpoint: string;
}

export function readPlan(run: RunRecord): Plan {
  const { gan, threads, checkpointEvery, keep, labelsHash, from } = run.config as Record<string, unknown>;
  return {
    keep: typeof keep === 'number' ? keep : defaultKeep,
    labelsHash: typeof labelsHash === 'string' ? labelsHash : null,
    from: (from ?? null) as From | null,
    gan: parseRunConfig(gan),
    threads: typeof threads === 'number' ? threads : cores(),
    checkpointEvery: typeof checkpointEvery === 'number' ? checkpointEvery : defaultCheckpointEvery,
  };
}

/** A new run with every choice made, before it exists. */
export interface PlannedRun {
  readonly dataset: DatasetRecord;
  readonly device: string;
  /** Length in images; null: `minutes` are turned into images once the rate is known. */
  readonly images: number | null;
  readonly minutes: number | null;
  readonly plan: Plan;
}

/**
 * Settles a new run: preset, size, device, labels, settings and length, all checked. Writes nothing: the dataset is
 * taken as it stands, also while it is being imported.
 * @throws USAGE, NOT_FOUND, BAD_SIZE, BAD_CONFIG, BAD_LABEL, DEVICE_UNAVAILABLE
 */
export async function planRun(ws: Workspace, training: NewTraining): Promise<PlannedRun> {
  if (training.images !== undefined && training.minutes !== undefined) {
    throw new GantryError('USAGE', 'Give the length as images or as minutes, not both.');
  }
  const dataset = ws.dataset(training.dataset);
  const name = training.preset ?? 'tiny';
  const preset = loadPreset(name);
  const size = training.size ?? preset.defaultSize;
  const device = await chooseDevice(training.device ?? 'auto', ws.dir);
  const shards = device === 'cpu' ? shardsFor(preset.batch, training.threads ?? cores(), size) : 1;
  const told = training.conditions?.length
    ? conditionsFor(
        ws,
        dataset.name,
        training.conditions,
        training.balanced ?? false,
        ws.slices(dataset.name, { state: 'used', side: 'train' }).map(({ id }) => id),
      )
    : null;
  const seed = training.seed ?? 1;
  const gan = withSettings(
    createConfig({ preset: name, size, seed, shards, conditions: told?.conditions ?? null }),
    training.settings,
  );
  if (training.from !== undefined) checkBeginning(gan);
  const begin = training.from === undefined ? null : await checkpointOf(ws, training.from);
  const from = begin === null ? null : { run: begin.run, checkpoint: begin.entry.name };
  const images = training.images ?? (training.minutes === undefined ? preset.images : null);
  const plan: Plan = {
    gan,
    threads: training.threads ?? cores(),
    checkpointEvery: training.checkpointEvery ?? defaultCheckpointEvery,
    keep: training.keep ?? defaultKeep,
    labelsHash: told?.hash ?? null,
    from,
  };
  return { dataset, device, images, minutes: training.minutes ?? null, plan };
}
