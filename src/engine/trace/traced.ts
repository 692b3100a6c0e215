import type { Shape } from '../types.ts';

export interface TracedProgram {
  /** The ONNX model. Names: state:x, input:x, next:x (new state), output:x. */
  readonly model: Uint8Array;
  readonly inputs: ReadonlyMap<string, Shape>;
  readonly outputs: ReadonlyMap<string, Shape>;
  readonly nodeCount: number;
  readonly traceMs: number;
}
