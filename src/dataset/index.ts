export { missingCacheBytes, prepareCache, readCache } from './cache.ts';
export { finaliseDataset, finishImport } from './finalise.ts';
export { type SliceRule, sliceRules } from './findings/finding.ts';
export type { Needs } from './findings/sizes.ts';
export { checkDataset, type HealthReport, slicesByRule } from './health.ts';
export {
  type DatasetLabel,
  datasetLabels,
  type LabelValue,
  type LabelValues,
  labelValues,
} from './labels/index.ts';
export { createResampler, frameOf } from './resample.ts';
export { subjectsOf } from './subjects.ts';
