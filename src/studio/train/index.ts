export { forkTrainer, type StartTrainer, type TrainerProcess } from './host.ts';
export { type NewTraining, resumeRun, type TrainOptions, type TrainResult, trainRun } from './trainRun.ts';
