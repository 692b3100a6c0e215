export { openAtomic, writeFileAtomic } from './atomic.ts';
export { contentHash, type StoredSlice } from './content.ts';
export { checkDatasetName, type SeriesResult } from './datasets.ts';
export type { IncomingFile, IncomingSlice } from './ingest.ts';
export type { MergeSubject, SharedSlice, SliceOpinion } from './merge.ts';
export type {
  DatasetRecord,
  Privacy,
  RunMetrics,
  RunRecord,
  SeriesAttributes,
  SeriesGeometry,
  SeriesRecord,
  SliceRecord,
  SliceState,
  SplitSide,
  SubjectRecord,
} from './records.ts';
export { isUnderWay, type RunState, transition } from './runState.ts';
export type { SliceChange } from './sliceChanges.ts';
export { type Ingest, Workspace } from './workspace.ts';
