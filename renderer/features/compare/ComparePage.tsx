import { TrainedRun } from '../training/TrainedRun.tsx';
import { CompareView } from './CompareView.tsx';
import './compare.css';

/** Real beside synthetic, of one run. */
export function ComparePage() {
  return <TrainedRun>{(run, runs) => <CompareView key={run.id} run={run} runs={runs} />}</TrainedRun>;
}
