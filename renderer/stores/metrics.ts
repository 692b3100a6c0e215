import { create } from 'zustand';
import type { RunMetrics } from '../../src/contract/index.ts';
import { client } from '../lib/client.ts';
import { loading, type Resource, settle } from './resource.ts';

/** More points than a screen has pixels show nothing more. */
const pointsOfChart = 4000;
const mostPoints = 2 * pointsOfChart;

interface MetricsStore {
  readonly byRun: Readonly<Record<string, Resource<RunMetrics>>>;
  load(runId: string): Promise<void>;
  append(runId: string, more: RunMetrics): void;
}

const columns = ['steps', 'images', 'lossD', 'lossG', 'scoreReal', 'scoreFake'] as const;

/** Two pieces of a run's curves as one; steps that come again (after a resume) replace the older ones. */
export function joinMetrics(before: RunMetrics, more: RunMetrics): RunMetrics {
  const firstNew = more.steps[0];
  if (firstNew === undefined) return before;
  let kept = before.steps.length;
  while (kept > 0 && before.steps[kept - 1]! >= firstNew) kept--;
  const joined = Object.fromEntries(
    columns.map((name) => [name, [...before[name].slice(0, kept), ...more[name]]]),
  );
  return joined as RunMetrics;
}

export const useMetrics = create<MetricsStore>((set, get) => ({
  byRun: {},
  async load(runId) {
    const metrics = await settle(client.runs.metrics({ runId, points: pointsOfChart }));
    set((state) => ({ byRun: { ...state.byRun, [runId]: metrics } }));
  },
  append(runId, more) {
    const before = get().byRun[runId] ?? loading;
    if (before.status !== 'ready') return;
    const value = joinMetrics(before.value, more);
    set((state) => ({ byRun: { ...state.byRun, [runId]: { status: 'ready', value } } }));
    // A long watch would let the curve grow without end: ask for a thinned one again.
    if (value.steps.length > mostPoints) void get().load(runId);
  },
}));
