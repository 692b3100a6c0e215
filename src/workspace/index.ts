export { type AtomicFile, openAtomic, sha256File, syncFolder, writeFileAtomic } from './atomic.ts';
export { contentHash, type SliceMeaning, type StoredSlice } from './content.ts';
export { checkDatasetName, type NewDataset, type SeriesResult, type SliceQuery } from './datasets.ts';
export type { IncomingFile, IncomingSlice, IngestCounts } from './ingest.ts';
export type {
  CheckpointRecord,
  DatasetRecord,
  RunEventRecord,
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
export { type RunEvent, type RunState, transition } from './runState.ts';
export type { MetricsQuery, NewCheckpoint, NewRun, NewRunEvent, RunPatch } from './runs.ts';
export { keyedHash } from './secret.ts';
export { type Ingest, type OpenOptions, Workspace, type WriterHold } from './workspace.ts';
