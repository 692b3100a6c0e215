/** The engine's face: tensor programs in tfjs, run eagerly or traced to ONNX. See docs/adr/001-engine.md. */
export { programCost } from './cost.ts';
export { type DeviceName, deviceNames, isDeviceName, whyMissing } from './devices/names.ts';
export { exportOnnx } from './export.ts';
export type { ConvOptions } from './ops/conv-geometry.ts';
export {
  conv2d,
  conv2dFilterGrad,
  conv2dInputGrad,
  convTranspose2d,
} from './ops/conv2d.ts';
export { leakyRelu } from './ops/leaky-relu.ts';
export { downsampleFir2, upsampleFir2 } from './ops/resample-fir2.ts';
export { avgPool2, upsample2Nearest } from './ops/upsample2-nearest.ts';
export { createEagerRunner } from './runner/eager.ts';
export { createRunner, type RunnerOptions } from './runner/traced.ts';
export { shardedProgram } from './sharded.ts';
export { traceProgram } from './trace/program.ts';
export {
  type Arrays,
  type Program,
  type Runner,
  type RunnerSpec,
  type Shapes,
  type Stage,
  sizeOf,
  type Tensors,
} from './types.ts';
