import type { Value } from '../ir/graph.ts';
import { emitOnnx } from '../onnx/emit.ts';
import { compile, type PassName } from '../passes/index.ts';
import type { Program, Shapes } from '../types.ts';
import { cachedTrace, type GraphCache } from './cache.ts';
import { traceGraph } from './trace.ts';
import type { TracedProgram } from './traced.ts';

export type { TracedProgram } from './traced.ts';

export interface TraceOptions {
  readonly name?: string;
  /** Passes to leave out, for tests and measurements. */
  readonly without?: readonly PassName[];
  /** Channels of a block of this processor's blocked layout (see runner/block.ts); default 0, a model for any. */
  readonly block?: number;
  /** Whether the model is for ONNX Runtime's WebGPU provider (see passes/conv/whole-vectors.ts); default not. */
  readonly webgpu?: boolean;
  /** Keeps what was traced, under the name; the name must tell the programs of one key apart. */
  readonly cache?: GraphCache | undefined;
}

/**
 * Records a program and compiles it to an ONNX model with static shapes.
 * @throws GantryError OP_UNSUPPORTED, BAD_CONFIG
 */
export function traceProgram(program: Program, state: Shapes, options: TraceOptions = {}): TracedProgram {
  const { name = 'program', without = [], block = 0, webgpu = false } = options;
  const part = JSON.stringify([name, without, webgpu ? 'webgpu' : block, state, program.inputs]);
  return cachedTrace(options.cache, part, () => traceNow(program, state, options));
}

function traceNow(program: Program, state: Shapes, options: TraceOptions): TracedProgram {
  const start = performance.now();
  const graph = compile(traceGraph(program, state), options.without, options.block, options.webgpu);
  const used = new Set(graph.nodes.flatMap((node) => node.inputs).concat([...graph.outputs.values()]));
  // What a program does not use is no input of its model.
  const live = { ...graph, inputs: new Map([...graph.inputs].filter(([, v]) => used.has(v))) };
  const model = emitOnnx(live, options.name ?? 'program');
  const shapes = (values: ReadonlyMap<string, Value>) =>
    new Map([...values].map(([name, v]) => [name, v.shape]));
  return {
    model,
    inputs: shapes(live.inputs),
    outputs: shapes(live.outputs),
    nodeCount: graph.nodes.length,
    traceMs: performance.now() - start,
  };
}
