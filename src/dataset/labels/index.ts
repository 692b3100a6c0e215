export { type DatasetLabel, datasetLabels, type LabelCount, type SideCounts } from './counts.ts';
export {
  type LabelKind,
  type LabelName,
  type LabelOrigin,
  type LabelValue,
  type LabelValues,
  labelValues,
} from './values.ts';
