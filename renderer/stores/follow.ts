import type { Change, RunSummary } from '../../src/contract/index.ts';
import { client, connected } from '../lib/client.ts';
import { useConnection } from './connection.ts';
import { useDatasets } from './datasets.ts';
import { useImportDialog } from './importDialog.ts';
import { useJobs } from './jobs.ts';
import { useMetrics } from './metrics.ts';
import { currentRoute, useRoute } from './route.ts';
import { useRuns } from './runs.ts';

const detailEveryMs = 3000;
let detailAt = 0;

/** Checkpoints and events are asked for anew when a run changes, but not twice a second while it trains. */
function reloadDetail(run: RunSummary): void {
  const before = useRuns.getState().details[run.id];
  const sameState = before?.status === 'ready' && before.value.state === run.state;
  if (sameState && performance.now() - detailAt < detailEveryMs) return;
  detailAt = performance.now();
  void useRuns.getState().loadDetail(run.id);
}

function apply(change: Change): void {
  const runs = useRuns.getState();
  switch (change.type) {
    case 'snapshot':
      useConnection.getState().setGone(undefined);
      runs.replace(change.runs);
      useJobs.getState().replace(change.jobs);
      break;
    case 'run':
      runs.put(change.run);
      if (useRoute.getState().runId === change.run.id) reloadDetail(change.run);
      break;
    case 'run-removed':
      runs.remove(change.runId);
      break;
    case 'metrics':
      useMetrics.getState().append(change.runId, change.metrics);
      break;
    case 'job':
      useJobs.getState().put(change.job);
      break;
    case 'job-removed':
      useJobs.getState().remove(change.jobId);
      break;
    case 'dropped':
      useImportDialog.getState().open({ type: 'picked', picked: change.picked });
      break;
    case 'workspace':
      useConnection
        .getState()
        .setGone(change.failure === null ? undefined : { action: undefined, ...change.failure });
      void refresh(currentRoute().runId);
      break;
    case 'datasets':
      void useDatasets.getState().load();
      break;
  }
}

/** Loads what a fresh connection needs and what the open screen shows. */
async function refresh(runId: string | undefined): Promise<void> {
  await useDatasets.getState().load();
  if (runId === undefined) return;
  await Promise.all([useRuns.getState().loadDetail(runId), useMetrics.getState().load(runId)]);
}

/**
 * Keeps the stores as the workspace is: one stream for the whole page, opened again when the run on the
 * screen changes or the connection was lost.
 */
export function followChanges(): void {
  let stop = new AbortController();
  useRoute.subscribe((route, before) => {
    if (route.runId !== before.runId) stop.abort();
  });
  const follow = async () => {
    for (;;) {
      await connected();
      stop = new AbortController();
      const { runId } = currentRoute();
      try {
        await refresh(runId);
        const input = runId === undefined ? {} : { runId };
        for await (const change of await client.runs.events(input, { signal: stop.signal })) apply(change);
      } catch {
        // Lost or aborted; a lost connection shows in its own store.
      }
      if (!stop.signal.aborted) await new Promise((resolve) => setTimeout(resolve, 500));
    }
  };
  void follow();
}
