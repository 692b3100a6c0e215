import { create } from 'zustand';
import type { Health } from '../../../src/contract/index.ts';
import { client } from '../../lib/client.ts';
import { type Failure, failureOf } from '../../stores/resource.ts';

/** What was done last, with the way back. */
export interface LastChange {
  readonly datasetId: string;
  readonly changeId: string | null;
  readonly what: 'excluded' | 'restored' | 'undone' | 'nothing';
  readonly slices: number;
}

export type Rule = NonNullable<Health['findings'][number]['rule']>;
type Target = { readonly slices: readonly string[] } | { readonly rule: Rule };

interface SelectionStore {
  readonly selected: ReadonlySet<string>;
  readonly last: LastChange | undefined;
  readonly failure: Failure | undefined;
  readonly isBusy: boolean;
  toggle(sliceId: string): void;
  add(sliceIds: readonly string[]): void;
  clear(): void;
  /** Sets slices aside or brings them back, and remembers how to undo it. */
  change(datasetId: string, target: Target, what: 'exclude' | 'restore'): Promise<void>;
  undo(): Promise<void>;
  forget(): void;
}

/** Slices that the user has marked, and what was done with them. */
export const useSelection = create<SelectionStore>((set, get) => {
  const attempt = async (work: () => Promise<LastChange>) => {
    set({ isBusy: true, failure: undefined });
    try {
      set({ last: await work(), selected: new Set() });
    } catch (error) {
      set({ failure: failureOf(error) });
    }
    set({ isBusy: false });
  };
  return {
    selected: new Set(),
    last: undefined,
    failure: undefined,
    isBusy: false,
    toggle: (sliceId) => {
      const selected = new Set(get().selected);
      if (!selected.delete(sliceId)) selected.add(sliceId);
      set({ selected });
    },
    add: (sliceIds) => set({ selected: new Set([...get().selected, ...sliceIds]) }),
    clear: () => set({ selected: new Set() }),
    forget: () => set({ selected: new Set(), last: undefined, failure: undefined }),
    change: (datasetId, target, what) =>
      attempt(async () => {
        const chosen =
          'rule' in target ? { datasetId, rule: target.rule } : { datasetId, slices: [...target.slices] };
        const { changeId, slices } = await client.datasets[what](chosen);
        const done = what === 'exclude' ? ('excluded' as const) : ('restored' as const);
        return { datasetId, changeId, slices, what: changeId === null ? 'nothing' : done };
      }),
    undo: () =>
      attempt(async () => {
        const { last } = get();
        if (last?.changeId == null) return { datasetId: '', changeId: null, slices: 0, what: 'nothing' };
        const { datasetId, changeId } = last;
        const { slices } = await client.datasets.undo({ datasetId, changeId });
        return { datasetId, changeId: null, slices, what: 'undone' };
      }),
  };
});
