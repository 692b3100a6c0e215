import type * as tf from '@tensorflow/tfjs-core';

export type Tensors = Record<string, tf.Tensor>;
export type Arrays = Record<string, Float32Array>;
export type Shape = readonly number[];
export type Shapes = Readonly<Record<string, Shape>>;

/**
 * A pure tensor program: named state and inputs in; the new values of the state that it changes, and its
 * outputs, out. `fn` is written with tfjs ops and the ops of this folder, and may call tf.grads at any depth.
 * It must not read values of tensors, because it may be traced without any.
 */
export interface Program {
  readonly inputs: Shapes;
  readonly fn: (state: Tensors, inputs: Tensors) => { state?: Tensors; outputs: Tensors };
  /**
   * Name of a one-value output: every runner takes the new state over only when it is greater than 0, otherwise
   * the state stays exactly as it was (a training step that met a value that is not finite).
   */
  readonly commitIf?: string;
  /** The same program cut in shards (see shardedProgram); a runner may use it instead of `fn`. */
  readonly sharding?: Sharding;
}

/**
 * One stage of a program over a batch that is cut in equal shards. `partial` sees one shard of the inputs (those
 * whose first axis is the batch; the others whole) and gives values; `combine` gets their means over the shards,
 * elementwise, the inputs that have no batch axis and the outputs of the stages before. A later stage sees the state
 * that earlier ones changed; no two stages change the same state.
 */
export interface Stage {
  readonly partial: (state: Tensors, inputs: Tensors) => Tensors;
  readonly combine: (
    state: Tensors,
    means: Tensors,
    inputs: Tensors,
    earlier: Tensors,
  ) => { state?: Tensors; outputs?: Tensors };
}

/** How a program's batch is cut in shards (see shardedProgram). */
export interface Sharding {
  readonly batch: number;
  readonly shards: number;
  readonly stages: readonly Stage[];
}

/** Several programs over one state, e.g. a training step with and without a penalty, and a sampler. */
export interface RunnerSpec {
  readonly state: Shapes;
  readonly programs: Readonly<Record<string, Program>>;
}

/** Runs the programs of a spec on a device and owns the state between the runs. All values are float32. */
export interface Runner {
  /** The device in use, as named to the user; never changes. */
  readonly device: string;
  /** Sets the named state values; others keep theirs (zeros at first). The arrays are copied. */
  setState(values: Arrays): void;
  /** Copies of the named state values (all without names). */
  getState(names?: readonly string[]): Promise<Arrays>;
  /** Runs one program once and returns its outputs. @throws GantryError BAD_CONFIG on wrong names or sizes */
  run(program: string, inputs: Arrays): Promise<Arrays>;
  dispose(): Promise<void>;
}

export function sizeOf(shape: Shape): number {
  return shape.reduce((a, b) => a * b, 1);
}
