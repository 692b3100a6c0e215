import { GantryError, toGantryError } from '../../base/errors.ts';
import type { PresetChoice, TrainingRequest } from '../../contract/index.ts';
import { loadPreset, presetNames } from '../../gan/index.ts';
import type { Workspace } from '../../workspace/index.ts';
import {
  branchRun,
  resumeRun,
  type StartTrainer,
  type TrainControl,
  type TrainOptions,
  trainRun,
} from '../train/index.ts';
import type { Planning } from './planning.ts';
import { UnwrittenEnds } from './unwrittenEnds.ts';

interface Active {
  readonly abort: AbortController;
  control: TrainControl | undefined;
  readonly ended: Promise<void>;
}

/**
 * Trainings that the screens started. They belong to this process, not to a window: closing a page stops
 * none. One at a time, because a second would only share the same processor and device.
 */
export class Trainings {
  private readonly workspace: Workspace;
  private readonly planning: Planning;
  private readonly startTrainer: StartTrainer | undefined;
  private readonly active = new Map<string, Active>();
  private readonly onCheckpoint: (runId: string, name: string) => void;
  private readonly unwritten: UnwrittenEnds;
  private starting = false;

  /** @param onCheckpoint told of every checkpoint that a run of this process has written */
  constructor(
    workspace: Workspace,
    planning: Planning,
    startTrainer: StartTrainer | undefined,
    onCheckpoint: (runId: string, name: string) => void = () => {},
  ) {
    this.workspace = workspace;
    this.planning = planning;
    this.onCheckpoint = onCheckpoint;
    this.startTrainer = startTrainer;
    this.unwritten = new UnwrittenEnds(workspace);
  }

  /** What can be chosen, the presets in the order of what they ask of a machine. */
  choices(): PresetChoice[] {
    return presetNames.map((name) => {
      const { description, sizes, defaultSize, images } = loadPreset(name);
      return { name, description, sizes: Object.keys(sizes).map(Number), defaultSize, images };
    });
  }

  /** True while a run trains here, or is about to. */
  get isBusy(): boolean {
    return this.starting || this.active.size > 0;
  }

  /** True for a run that trains here, and so can be stopped from here. */
  isHere(runId: string): boolean {
    return this.active.has(runId);
  }

  /** Why a run ended that the workspace still calls running, for want of room to say so. */
  unwrittenFailure(runId: string): GantryError | undefined {
    return this.unwritten.failure(runId);
  }

  /** Grows whenever an end that could not be written comes or goes. */
  get revision(): number {
    return this.unwritten.revision;
  }

  /**
   * Starts a run and resolves with its name as soon as it is known.
   * @throws WORKSPACE_BUSY, and what trainRun throws before it has a run
   */
  start(request: TrainingRequest, dataset: string): Promise<string> {
    const { datasetId: _, ...training } = request;
    return this.launch((options) =>
      trainRun(
        this.workspace,
        { dataset, ...training },
        // The log says what was predicted; who waits for the run does not wait for a test of the device.
        {
          ...options,
          onPrediction: () => {},
          predict: (planned) => this.planning.predictPlanned(planned, { test: false }),
        },
      ),
    );
  }

  /** Holds a run of this process between two steps; its trainer and memory stay. @throws USAGE */
  pause(runId: string): void {
    this.mine(runId).control?.pause();
  }

  /** A new run that goes on from another's newest checkpoint; resolves with its name. */
  branch(runId: string, totalImages: number): Promise<string> {
    return this.launch((options) => branchRun(this.workspace, { from: runId, totalImages }, options));
  }

  /** Goes on with a run: one that is held at once, another from its newest checkpoint. */
  async resume(runId: string): Promise<void> {
    const active = this.active.get(runId);
    if (active !== undefined) {
      active.control?.proceed();
      return;
    }
    this.unwritten.settle(runId);
    await this.launch((options) => resumeRun(this.workspace, runId, options));
  }

  /** Stops a run of this process; it ends with a checkpoint. @throws USAGE for a run of another process */
  async stop(runId: string): Promise<void> {
    const active = this.mine(runId);
    active.abort.abort();
    await active.ended;
  }

  private mine(runId: string): Active {
    const active = this.active.get(runId);
    if (active !== undefined) return active;
    throw new GantryError('USAGE', `${runId} is not trained by this app.`, {
      action: 'Stop it where it was started: Ctrl-C in its terminal.',
    });
  }

  /** Stops what runs, each with a checkpoint. */
  async close(): Promise<void> {
    await Promise.all([...this.active.keys()].map((runId) => this.stop(runId)));
    this.unwritten.close();
  }

  private launch(train: (options: TrainOptions) => Promise<unknown>): Promise<string> {
    if (this.isBusy) {
      throw new GantryError('WORKSPACE_BUSY', 'A run is training here already.', {
        action: 'Wait until it has ended, or stop it first.',
      });
    }
    const hold = this.workspace.acquireWriter();
    const abort = new AbortController();
    this.starting = true;
    return new Promise<string>((resolve, reject) => {
      let runId: string | undefined;
      let failure: GantryError | undefined;
      let end = () => {};
      const ended = new Promise<void>((done) => {
        end = done;
      });
      train({
        signal: abort.signal,
        ...(this.startTrainer === undefined ? {} : { startTrainer: this.startTrainer }),
        onStart: (run) => {
          runId = run.id;
          this.active.set(run.id, { abort, ended, control: undefined });
          resolve(run.id);
        },
        onControl: (control) => {
          const active = runId === undefined ? undefined : this.active.get(runId);
          if (active !== undefined) active.control = control;
        },
        onReport: (report) => {
          if (report.type === 'checkpoint' && runId !== undefined) this.onCheckpoint(runId, report.name);
        },
      })
        // Once there is a run, what happens to it stands in its state; this rejection then has no listener left.
        .catch((error) => {
          failure = toGantryError(error);
          reject(failure);
        })
        .finally(() => {
          if (runId !== undefined) this.active.delete(runId);
          this.starting = false;
          const release = () => hold.release();
          if (runId !== undefined && failure !== undefined && this.unwritten.isUnwritten(runId)) {
            this.unwritten.keep(runId, { failure, release });
          } else release();
          end();
        });
    });
  }
}
