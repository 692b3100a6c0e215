export type { StartTrainer, TrainerProcess } from './host.ts';
export { type NewTraining, type PlannedRun, planRun } from './plan.ts';
export { runSweep } from './sweep.ts';
export {
  branchRun,
  resumeRun,
  type TrainControl,
  type TrainOptions,
  type TrainResult,
  trainRun,
} from './trainRun.ts';
