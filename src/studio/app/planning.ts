import type { DeviceChoices, LabelChoice, Prediction, TrainingRequest } from '../../contract/index.ts';
import { deviceNames, whyMissing } from '../../engine/index.ts';
import type { Workspace } from '../../workspace/index.ts';
import { chooseDevice } from '../devices/index.ts';
import { datasetLabels } from '../labels.ts';
import { predictTraining } from '../predict/index.ts';
import { type PlannedRun, planRun } from '../train/index.ts';
import { CostQueue } from './costQueue.ts';

/** A run of another process whose figures are older is taken for one that has died. */
const aliveMs = 120_000;

/** What can be chosen for a training, and what it would take. Nothing here writes but the kept tests of devices. */
export class Planning {
  private readonly workspace: Workspace;
  private readonly costs = new CostQueue();
  private readonly isBusyHere: () => boolean;
  private auto: Promise<string> | undefined;

  /** @param isBusyHere whether this process trains or is at another job: no device is tested beside that */
  constructor(workspace: Workspace, isBusyHere: () => boolean) {
    this.workspace = workspace;
    this.isBusyHere = isBusyHere;
  }

  /** Devices that this build has. One is tried when it is chosen; a failure is then the prediction's. */
  async devices(): Promise<DeviceChoices> {
    return {
      automatic: await this.automatic(),
      devices: deviceNames.map((name) => {
        const missing = whyMissing(name);
        return { name, missing: missing === undefined ? null : `${missing.text} ${missing.action}` };
      }),
    };
  }

  /** What `auto` takes: GPUs are tried once. */
  private automatic(): Promise<string> {
    this.auto ??= chooseDevice('auto', this.workspace.dir);
    this.auto.catch(() => {
      this.auto = undefined;
    });
    return this.auto;
  }

  /** Labels that training slices have. @throws NOT_FOUND */
  labels(dataset: string): LabelChoice[] {
    return datasetLabels(this.workspace, dataset)
      .filter(({ labelled }) => labelled.train.slices > 0)
      .map(({ name, kind, values, range, missing }) => ({
        name,
        kind,
        values: values
          .filter(({ train }) => train.slices > 0)
          .map(({ value, train }) => ({ value, slices: train.slices, subjects: train.subjects })),
        range: range === null ? null : { low: range.low, high: range.high },
        missing: missing.train.slices,
      }));
  }

  /** @throws what planRun throws: BAD_LABEL, BAD_SIZE, DEVICE_UNAVAILABLE, …; CANCELLED */
  async predict(request: TrainingRequest, dataset: string, signal?: AbortSignal): Promise<Prediction> {
    const { datasetId: _, ...training } = request;
    const device = (request.device ?? 'auto') === 'auto' ? await this.automatic() : request.device;
    const planned = await planRun(this.workspace, { dataset, ...training, device });
    return this.predictPlanned(planned, { test: this.isQuiet(), signal });
  }

  /** @param test tries a device whose speed is not known yet, which takes seconds */
  predictPlanned(
    planned: PlannedRun,
    { test, signal }: { readonly test: boolean; readonly signal?: AbortSignal | undefined },
  ): Promise<Prediction> {
    return predictTraining(this.workspace, planned, {
      test,
      isQuiet: () => this.isQuiet(),
      cost: (config) => this.costs.of(config, signal),
    });
  }

  /** Nothing trains in this workspace, and no job of this process is at work. */
  private isQuiet(): boolean {
    if (this.isBusyHere()) return false;
    const since = Date.now() - aliveMs;
    return !this.workspace
      .runs()
      .some(({ state, updatedAt }) => state.kind === 'running' && Date.parse(updatedAt) > since);
  }
}
