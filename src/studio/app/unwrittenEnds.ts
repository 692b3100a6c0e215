import type { GantryError } from '../../base/errors.ts';
import { isUnderWay, type Workspace } from '../../workspace/index.ts';

const retryMs = 2000;

interface End {
  readonly failure: GantryError;
  /** Told once the end stands in the workspace, or the app closes. */
  readonly release: () => void;
}

/**
 * Ends of runs that could not be written to the workspace, because its disk is full: shown all the same, and
 * written as soon as there is room. Until then the writer stays ours: another one would call the run interrupted.
 */
export class UnwrittenEnds {
  private readonly workspace: Workspace;
  private readonly ends = new Map<string, End>();
  private timer: NodeJS.Timeout | undefined;
  /** Grows with every change, for those who compare. */
  revision = 0;

  constructor(workspace: Workspace) {
    this.workspace = workspace;
  }

  /** True where the workspace still says that a run trains, which it does no more. */
  isUnwritten(runId: string): boolean {
    return isUnderWay(this.workspace.run(runId).state);
  }

  keep(runId: string, end: End): void {
    this.ends.set(runId, end);
    this.revision++;
    this.timer ??= setInterval(() => this.retry(), retryMs).unref();
  }

  /** Why a run ended, while the workspace cannot say so. */
  failure(runId: string): GantryError | undefined {
    return this.ends.get(runId)?.failure;
  }

  /** Writes the end of a run now. @throws DISK_FULL while there is no room */
  settle(runId: string): void {
    const end = this.ends.get(runId);
    if (end === undefined) return;
    const { code, message } = end.failure;
    const event =
      code === 'TRAINER_DIED' ? ({ type: 'interrupt' } as const) : ({ type: 'fail', code, message } as const);
    this.workspace.updateRun(runId, { event });
    this.drop(runId, end);
  }

  close(): void {
    this.retry();
    for (const [runId, end] of this.ends) this.drop(runId, end);
  }

  private retry(): void {
    for (const runId of this.ends.keys()) {
      try {
        this.settle(runId);
      } catch {
        // Still full: the next time.
      }
    }
  }

  private drop(runId: string, end: End): void {
    this.ends.delete(runId);
    this.revision++;
    end.release();
    if (this.ends.size > 0) return;
    clearInterval(this.timer);
    this.timer = undefined;
  }
}
