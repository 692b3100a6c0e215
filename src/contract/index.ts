export type { AppInfo } from './app.ts';
export { idSchema } from './app.ts';
export { type Contract, contract } from './contract.ts';
export type {
  DatasetDetail,
  DatasetSummary,
  LabelChoice,
  SeriesSummary,
  SliceItem,
  SlicePage,
} from './datasets.ts';
export type { EvaluationDetail, EvaluationRequest, EvaluationSummary } from './evaluations.ts';
export type { ExplorationHead, ExploreChoices, ExploreRequest } from './explore.ts';
export type { Health, RecordedSliceChange } from './health.ts';
export type {
  FolderListing,
  ImportRequest,
  ImportSource,
  ImportWays,
  Picked,
} from './imports.ts';
export type { Job, JobKind, RejectPage } from './jobs.ts';
export type { DiskUse, DoctorItem, ThirdPartyNotice } from './manage.ts';
export type { MergePlanView } from './merges.ts';
export type { GenerateChoices, GenerateRequest } from './outputs.ts';
export type { Prediction } from './predictions.ts';
export type {
  Change,
  DeviceChoices,
  PresetChoice,
  RunDetail,
  RunMetrics,
  RunState,
  RunSummary,
  TrainingRequest,
} from './runs.ts';
