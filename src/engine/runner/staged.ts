import type ort from 'onnxruntime-node';
import { GantryError } from '../../base/errors.ts';
import { hasBatchAxis, meanOf } from '../sharded.ts';
import { type TraceOptions, traceProgram } from '../trace/program.ts';
import { inputName, nextName, outputName, stateName } from '../trace/trace.ts';
import type { Arrays, Program, Shape, Shapes, Sharding, Stage } from '../types.ts';
import { commits } from './check.ts';
import { type Bound, bind, execute } from './execute.ts';
import type { ShardJob } from './laneMessages.ts';
import type { Lanes } from './lanes.ts';
import { createSession } from './session.ts';
import { type StateBuffers, sharedZeros } from './state.ts';

interface LoadedStage {
  readonly model: Uint8Array;
  /** State that the shards read. */
  readonly reads: readonly string[];
  readonly jobs: readonly ShardJob[];
  readonly combine: {
    readonly session: ort.InferenceSession;
    readonly reads: readonly string[];
    readonly feeds: readonly Bound[];
    readonly changes: readonly string[];
    readonly outputs: readonly Bound[];
  };
}

/**
 * Computes a program shard by shard: in each stage all shards on their lanes, then their means on this thread.
 * The batch is cut, and everything summed, in the same order whatever the number of lanes, so the result depends
 * on the number of shards alone.
 */
export async function loadStaged(
  program: Program,
  sharding: Sharding,
  state: StateBuffers,
  stateShapes: Shapes,
  options: TraceOptions,
) {
  const { batch, shards } = sharding;
  const rows = batch / shards;
  const split = Object.entries(program.inputs).filter(([, shape]) => hasBatchAxis(shape, batch));
  const shardShape = (shape: Shape): Shape => [rows, ...shape.slice(1)];
  const shardInputs: Shapes = {
    ...program.inputs,
    ...Object.fromEntries(split.map(([n, shape]) => [n, shardShape(shape)])),
  };
  const wholeInputs = Object.fromEntries(
    Object.entries(program.inputs).filter(([, shape]) => !hasBatchAxis(shape, batch)),
  );
  const buffers = (shapes: Shapes) =>
    new Map(Object.entries(shapes).map(([n, shape]) => [n, { shape, data: sharedZeros(shape) }]));
  const whole = buffers(wholeInputs);
  const cut = Array.from({ length: shards }, () =>
    buffers(Object.fromEntries(split.map(([n, shape]) => [n, shardShape(shape)]))),
  );

  const stages: LoadedStage[] = [];
  const changedBefore = new Set<string>();
  for (const [index, stage] of sharding.stages.entries()) {
    const loaded = await load(stage, `${options.name}-${index}`);
    const twice = loaded.combine.changes.find((name) => changedBefore.has(name));
    if (twice) throw new GantryError('BAD_CONFIG', `Two stages of a program change the state '${twice}'.`);
    for (const name of loaded.combine.changes) changedBefore.add(name);
    stages.push(loaded);
  }

  async function load(stage: Stage, name: string): Promise<LoadedStage> {
    const partial = traceProgram(
      { inputs: shardInputs, fn: (s, inputs) => ({ outputs: stage.partial(s, inputs) }) },
      stateShapes,
      { ...options, name: `${name}-shard` },
    );
    const values = [...partial.outputs].map(([n, shape]) => ({
      name: n.slice(outputName('').length),
      shape,
    }));
    const made = cut.map(() =>
      values.map(({ name: n, shape }) => ({ name: n, shape, data: sharedZeros(shape) })),
    );
    const partName = (shard: number, value: string) => `${shard}/${value}`;
    const before = stages.flatMap((earlier) => earlier.combine.outputs);
    const beforeName = (value: string) => `before/${value}`;
    const parts = Object.fromEntries(
      cut.flatMap((_, i) => values.map(({ name: n, shape }) => [partName(i, n), shape])),
    );
    const combine = traceProgram(
      {
        inputs: {
          ...wholeInputs,
          ...parts,
          ...Object.fromEntries(before.map(({ name: n, shape }) => [beforeName(n), shape])),
        },
        fn: (s, inputs) => {
          const means = values.map(({ name: n }) => [n, meanOf(cut.map((_, i) => inputs[partName(i, n)]!))]);
          const earlier = Object.fromEntries(before.map(({ name: n }) => [n, inputs[beforeName(n)]!]));
          const { state: changed, outputs = {} } = stage.combine(
            s,
            Object.fromEntries(means),
            inputs,
            earlier,
          );
          return { ...(changed ? { state: changed } : {}), outputs };
        },
      },
      stateShapes,
      { ...options, name: `${name}-combine` },
    );
    const readsOf = (inputs: ReadonlyMap<string, Shape>) =>
      state.names().filter((n) => inputs.has(stateName(n)));
    return {
      model: partial.model,
      reads: readsOf(partial.inputs),
      jobs: cut.map((own, i) => ({
        feeds: [...own, ...whole]
          .map(([n, value]) => ({ ...value, name: inputName(n) }))
          .filter((value) => partial.inputs.has(value.name)),
        fetches: made[i]!.map((value) => ({ ...value, name: outputName(value.name) })),
      })),
      combine: {
        // A second thread would spin between its few elementwise passes, on the core of another lane.
        session: await createSession(combine.model, { threads: 1 }),
        reads: readsOf(combine.inputs),
        feeds: [
          ...[...whole].map(([n, value]) => ({ ...value, name: inputName(n) })),
          ...before.map((value) => ({ ...value, name: inputName(beforeName(value.name)) })),
          ...made.flatMap((own, i) => own.map((v) => ({ ...v, name: inputName(partName(i, v.name)) }))),
        ].filter((value) => combine.inputs.has(value.name)),
        changes: state.names().filter((n) => combine.outputs.has(nextName(n))),
        outputs: [...combine.outputs]
          .filter(([n]) => n.startsWith(outputName('')))
          .map(([n, shape]) => ({ name: n.slice(outputName('').length), shape, data: sharedZeros(shape) })),
      },
    };
  }

  return {
    async run(lanes: Lanes, inputs: Arrays): Promise<Arrays> {
      for (const [n, { data }] of whole) data.set(inputs[n]!);
      for (const [n] of split) {
        for (const [i, own] of cut.entries()) {
          const { data } = own.get(n)!;
          data.set(inputs[n]!.subarray(i * data.length, (i + 1) * data.length));
        }
      }
      const changed = new Set<string>();
      const current = (n: string) => (changed.has(n) ? state.spare(n) : state.current(n));
      const bound = (n: string): Bound => {
        const tensor = current(n);
        return { name: stateName(n), data: tensor.data as Float32Array, shape: tensor.dims };
      };
      const arrays: Arrays = {};
      for (const { model, reads, jobs, combine } of stages) {
        const shared = reads.map(bound);
        await lanes.run(
          model,
          jobs.map(({ feeds, fetches }) => ({ feeds: [...shared, ...feeds], fetches })),
        );
        const feeds = bind(combine.feeds);
        for (const n of combine.reads) feeds[stateName(n)] = current(n);
        const fetches = bind(combine.outputs.map((value) => ({ ...value, name: outputName(value.name) })));
        for (const n of combine.changes) fetches[nextName(n)] = state.spare(n);
        await execute(combine.session, feeds, fetches);
        for (const { name, data } of combine.outputs) arrays[name] = data.slice();
        for (const n of combine.changes) changed.add(n);
      }
      if (commits(program, arrays)) for (const n of changed) state.flip(n);
      return arrays;
    },
    async dispose() {
      for (const { combine } of stages) await combine.session.release();
    },
  };
}
