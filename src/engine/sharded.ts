import * as tf from '@tensorflow/tfjs-core';
import { GantryError } from '../base/errors.ts';
import type { Program, Shapes, Sharding, Tensors } from './types.ts';

export interface ShardedSpec extends Sharding {
  readonly inputs: Shapes;
  readonly commitIf?: string;
}

export const hasBatchAxis = (shape: readonly number[], batch: number): boolean =>
  shape.length > 0 && shape[0] === batch;

/** Mean of equal-shaped tensors, summed in their order. */
export function meanOf(parts: readonly tf.Tensor[]): tf.Tensor {
  const sum = parts.reduce((a, b) => tf.add(a, b));
  return parts.length === 1 ? sum : tf.mul(sum, 1 / parts.length);
}

/**
 * A program that a runner may compute shard by shard, several at once on several cores (`sharding`), or as one
 * graph (`fn`), with the same result up to rounding. Data-parallel training: each gradient is the mean over the
 * shards of the shard's own gradient. What looks at its whole batch, as a minibatch deviation does, looks at its
 * shard.
 * @throws GantryError BAD_CONFIG when the shards are not equal
 */
export function shardedProgram({ inputs, commitIf, ...sharding }: ShardedSpec): Program {
  const { batch, shards, stages } = sharding;
  if (shards < 1 || batch % shards !== 0) {
    throw new GantryError('BAD_CONFIG', `A batch of ${batch} cannot be cut in ${shards} equal shards.`);
  }
  const rows = batch / shards;
  const shardOf = (all: Tensors, index: number): Tensors =>
    Object.fromEntries(
      Object.entries(all).map(([name, t]) => {
        if (shards === 1 || !hasBatchAxis(t.shape, batch)) return [name, t];
        const rest = t.shape.slice(1);
        return [name, tf.slice(t, [index * rows, ...rest.map(() => 0)], [rows, ...rest])];
      }),
    );
  return {
    inputs,
    ...(commitIf === undefined ? {} : { commitIf }),
    sharding,
    fn(state, given) {
      const parts = Array.from({ length: shards }, (_, i) => shardOf(given, i));
      const whole = Object.fromEntries(
        Object.entries(given).filter(([, t]) => !hasBatchAxis(t.shape, batch)),
      );
      let changed: Tensors = {};
      let outputs: Tensors = {};
      for (const stage of stages) {
        const now = { ...state, ...changed };
        const values = parts.map((part) => stage.partial(now, part));
        const means = Object.fromEntries(
          Object.keys(values[0]!).map((name) => [name, meanOf(values.map((v) => v[name]!))]),
        );
        const result = stage.combine(now, means, whole, outputs);
        changed = { ...changed, ...result.state };
        outputs = { ...outputs, ...result.outputs };
      }
      return { state: changed, outputs };
    },
  };
}
