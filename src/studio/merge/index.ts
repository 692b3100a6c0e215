export { checkMerge, type MergeResult, mergeDatasets } from './mergeDatasets.ts';
export { type MergeFigures, type MergePlan, planMerge } from './plan.ts';
