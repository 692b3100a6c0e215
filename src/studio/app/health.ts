import { GantryError } from '../../base/errors.ts';
import type { Health, RecordedSliceChange } from '../../contract/index.ts';
import type { Workspace } from '../../workspace/index.ts';
import { checkHealth } from '../check/index.ts';
import { type ChangedSlices, changeSlices, ruleOf, sliceHistory, undoChange } from '../slices.ts';

interface ChosenSlices {
  readonly slices?: readonly string[] | undefined;
  readonly rule?: string | undefined;
}

/** Row numbers are what ids of the screens are made of. @throws NOT_FOUND for any other text */
function rowOf(id: string): number {
  const row = Number(id);
  if (/^\d{1,15}$/.test(id)) return row;
  throw new GantryError('NOT_FOUND', 'There is no such slice or change in this dataset.');
}

function changed({ change, slices }: ChangedSlices): { changeId: string | null; slices: number } {
  return { changeId: change === null ? null : String(change), slices: slices.length };
}

/** The calls on a dataset's health, over the use cases of the command line. `name` is the dataset's. */
export class HealthViews {
  private readonly workspace: Workspace;

  constructor(workspace: Workspace) {
    this.workspace = workspace;
  }

  /** @throws DATASET_IN_USE while the dataset is imported: a check finishes what is not being added to any more */
  async check(
    name: string,
    plan: { readonly preset?: string | undefined; readonly size?: number | undefined },
    signal: AbortSignal | undefined,
  ): Promise<Health> {
    const health = await checkHealth(this.workspace, name, { ...plan, signal });
    return {
      ...health,
      findings: health.findings.map((finding) => ({ ...finding, slices: finding.slices.map(String) })),
    };
  }

  async change(name: string, chosen: ChosenSlices, change: 'restore' | 'exclude') {
    const selection = {
      ...(chosen.slices === undefined ? {} : { ids: chosen.slices.map(rowOf) }),
      ...(chosen.rule === undefined ? {} : { rule: ruleOf(chosen.rule) }),
    };
    return changed(await changeSlices(this.workspace, name, selection, change));
  }

  changes(name: string): RecordedSliceChange[] {
    return sliceHistory(this.workspace, name).map(({ id, ...change }) => ({ id: String(id), ...change }));
  }

  undo(name: string, changeId: string) {
    return changed(undoChange(this.workspace, name, rowOf(changeId)));
  }
}
