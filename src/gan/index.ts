/** The GAN layer's face: presets in, batches in, checkpoints and slices out. See docs/adr/002-gan.md. */
export {
  type Conditions,
  type ConditionValues,
  encodeLabels,
  type LabelRequest,
  labelColumns,
  labelsOfSlice,
  nameLabels,
  namesOfSlice,
} from './conditions.ts';
export { parseRunConfig, type RunConfig } from './config.ts';
export { fullyGrown, phaseAt, sameGrowth } from './growth.ts';
export { rootMeanSquare } from './latent/distance.ts';
export { createLatentModel, type LatentModel, type SlicePlace } from './latent/model.ts';
export type { LatentPoint } from './latent/points.ts';
export { project } from './latent/projection.ts';
export { leakTest, leakText } from './leak.ts';
export { createConfig, loadPreset, presetNames, shardsFor } from './presets.ts';
export { createSampler, type Sampler } from './sampler.ts';
export { periodOf } from './step-kinds.ts';
export {
  checkBeginning,
  configOf,
  createTrainer,
  type Trainer,
} from './trainer.ts';
export { checkTruncation } from './truncation.ts';
export type { Batch, BatchSource, Checkpoint, Json, NamedTensor, StepMetrics, Weights } from './types.ts';
