import { create } from 'zustand';
import type { RunDetail, RunSummary } from '../../src/contract/index.ts';
import { client } from '../lib/client.ts';
import { loading, type Resource, settle } from './resource.ts';

interface RunsStore {
  /** Newest first. */
  readonly list: Resource<RunSummary[]>;
  readonly details: Readonly<Record<string, Resource<RunDetail>>>;
  replace(runs: readonly RunSummary[]): void;
  put(run: RunSummary): void;
  remove(runId: string): void;
  loadDetail(runId: string): Promise<void>;
}

function newestFirst(runs: readonly RunSummary[]): RunSummary[] {
  return [...runs].sort((a, b) => b.createdAt.localeCompare(a.createdAt) || b.id.localeCompare(a.id));
}

export const useRuns = create<RunsStore>((set) => ({
  list: loading,
  details: {},
  replace(runs) {
    set({ list: { status: 'ready', value: newestFirst(runs) } });
  },
  put(run) {
    set((state) => {
      const others = state.list.status === 'ready' ? state.list.value.filter(({ id }) => id !== run.id) : [];
      return { list: { status: 'ready', value: newestFirst([...others, run]) } };
    });
  },
  remove(runId) {
    set((state) =>
      state.list.status === 'ready'
        ? { list: { status: 'ready', value: state.list.value.filter(({ id }) => id !== runId) } }
        : {},
    );
  },
  async loadDetail(runId) {
    const detail = await settle(client.runs.get({ runId }));
    set((state) => ({ details: { ...state.details, [runId]: detail } }));
  },
}));
