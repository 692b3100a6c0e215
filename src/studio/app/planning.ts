import type { DeviceChoices, LabelChoice, Prediction, TrainingRequest } from '../../contract/index.ts';
import { deviceNames, whyMissing } from '../../engine/index.ts';
import type { RunConfig } from '../../gan/index.ts';
import type { Workspace } from '../../workspace/index.ts';
import { chooseDevice } from '../devices/index.ts';
import { datasetLabels } from '../labels.ts';
import type { StepCost } from '../predict/cost.ts';
import { predictTraining } from '../predict/index.ts';
import { type PlannedRun, planRun } from '../train/index.ts';
import { costInThread } from './costThread.ts';

/** Costs that are kept; a dialog goes through a few dozen. */
const keptCosts = 200;

/** What can be chosen for a training, and what it would take. Nothing here writes but the kept tests of devices. */
export class Planning {
  private readonly workspace: Workspace;
  private readonly costs = new Map<string, Promise<StepCost>>();
  private auto: Promise<string> | undefined;

  constructor(workspace: Workspace) {
    this.workspace = workspace;
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

  /** @throws what planRun throws: BAD_LABEL, BAD_SIZE, DEVICE_UNAVAILABLE, … */
  async predict(request: TrainingRequest, dataset: string): Promise<Prediction> {
    const { datasetId: _, ...training } = request;
    const device = (request.device ?? 'auto') === 'auto' ? await this.automatic() : request.device;
    return this.predictPlanned(await planRun(this.workspace, { dataset, ...training, device }), {
      test: true,
    });
  }

  /** @param test tries a device whose speed is not known yet, which takes seconds */
  predictPlanned(planned: PlannedRun, { test }: { readonly test: boolean }): Promise<Prediction> {
    return predictTraining(this.workspace, planned, { test, cost: (config) => this.cost(config) });
  }

  private cost(config: RunConfig): Promise<StepCost> {
    const key = JSON.stringify({ ...config, seed: 0 });
    const known = this.costs.get(key);
    if (known !== undefined) return known;
    const made = costInThread(config);
    this.costs.set(key, made);
    made.catch(() => this.costs.delete(key));
    for (const oldest of this.costs.keys()) {
      if (this.costs.size <= keptCosts) break;
      this.costs.delete(oldest);
    }
    return made;
  }
}
