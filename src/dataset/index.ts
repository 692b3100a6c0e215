export { prepareCache, readCache } from './cache.ts';
export { finaliseDataset } from './finalise.ts';
export { checkDataset } from './health.ts';
export {
  type DatasetLabel,
  datasetLabels,
  type LabelKind,
  type LabelValue,
  type LabelValues,
  labelValues,
} from './labels/index.ts';
export { createResampler, frameOf } from './resample.ts';
