import { create } from 'zustand';
import type { RunMetrics } from '../../src/contract/index.ts';
import { client } from '../lib/client.ts';
import { joinMetrics } from '../lib/curves.ts';
import { loading, type Resource, settle } from './resource.ts';

/** More points than a screen has pixels show nothing more. */
const pointsOfChart = 4000;
const mostPoints = 2 * pointsOfChart;

interface MetricsStore {
  readonly byRun: Readonly<Record<string, Resource<RunMetrics>>>;
  load(runId: string): Promise<void>;
  append(runId: string, more: RunMetrics): void;
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
