/** What a shell needs to start the trainer in its own way. */
export { type TrainerReport, trainerReportSchema } from '../../trainer/messages.ts';
export type { TrainerProcess } from '../train/index.ts';
