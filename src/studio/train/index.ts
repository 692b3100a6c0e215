export type { StartTrainer, TrainerProcess } from './host.ts';
export { resumeRun, type TrainOptions, type TrainResult, trainRun } from './trainRun.ts';
