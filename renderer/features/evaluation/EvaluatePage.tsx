import { TrainedRun } from '../training/TrainedRun.tsx';
import { EvaluateView } from './EvaluateView.tsx';
import './evaluation.css';

/** Evaluations of one run. */
export function EvaluatePage() {
  return <TrainedRun>{(run, runs) => <EvaluateView key={run.id} run={run} runs={runs} />}</TrainedRun>;
}
