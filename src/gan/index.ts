/** The GAN layer's face: presets in, batches in, checkpoints and slices out. See docs/adr/002-gan.md. */
export { parseRunConfig, type RunConfig } from './config.ts';
export { createConfig, loadPreset, presetNames } from './presets.ts';
export { createSampler, type Sampler } from './sampler.ts';
export { configOf, createTrainer, type Trainer } from './trainer.ts';
export type { BatchSource, Checkpoint, Json, NamedTensor, StepMetrics, Weights } from './types.ts';
