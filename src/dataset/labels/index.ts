export { type DatasetLabel, datasetLabels } from './counts.ts';
export { type LabelValue, type LabelValues, labelValues } from './values.ts';
