export { type DatasetLabel, datasetLabels } from '../dataset/index.ts';
