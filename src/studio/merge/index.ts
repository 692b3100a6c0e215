export { checkMerge, mergeDatasets } from './mergeDatasets.ts';
export { type MergeFigures, planMerge } from './plan.ts';
