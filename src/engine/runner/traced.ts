import { availableParallelism } from 'node:os';
import ort from 'onnxruntime-node';
import { type DeviceName, providerOf } from '../devices/names.ts';
import type { PassName } from '../passes/index.ts';
import type { GraphCache } from '../trace/cache.ts';
import { type TracedProgram, traceProgram } from '../trace/program.ts';
import { inputName, nextName, outputName, stateName } from '../trace/trace.ts';
import type { Arrays, Program, Runner, RunnerSpec, Sharding } from '../types.ts';
import { blockSize } from './block.ts';
import { checkArrays, commits, findProgram } from './check.ts';
import { createEagerRunner } from './eager.ts';
import { execute, keepFreedMemory } from './execute.ts';
import { createLanes, type Lanes } from './lanes.ts';
import { createResidentRunner } from './resident.ts';
import { createSession } from './session.ts';
import { loadStaged } from './staged.ts';
import { StateBuffers, zeros } from './state.ts';

export interface RunnerOptions {
  readonly device: DeviceName;
  /** Threads within an operation; default all available cores. */
  readonly threads?: number;
  /** Where traced programs are kept between starts. */
  readonly cache?: GraphCache | undefined;
  /** For tests and measurements: passes to leave out, and a prefix for ONNX Runtime's profile files. */
  readonly without?: readonly PassName[];
  readonly profile?: string;
}

interface Loaded {
  readonly traced: TracedProgram;
  readonly session: ort.InferenceSession;
  readonly state: readonly string[];
  readonly inputs: readonly string[];
  readonly changed: readonly string[];
  readonly outputs: ReadonlyMap<string, ort.Tensor>;
}

/**
 * Compiles the programs of a spec for ONNX Runtime. A program is traced and its session made at its first run, so
 * that programs that are never used cost nothing.
 * @throws GantryError OP_UNSUPPORTED, BAD_CONFIG (at the first run), DEVICE_UNAVAILABLE
 */
export async function createRunner(spec: RunnerSpec, options: RunnerOptions): Promise<Runner> {
  const { device } = options;
  if (device === 'tfjs') return createEagerRunner(spec);
  const provider = providerOf(device);
  if (device === 'webgpu') return createResidentRunner(spec, options);
  keepFreedMemory();
  const block = device === 'cpu' ? await blockSize() : 0;
  const state = new StateBuffers(spec.state);
  const loaded = new Map<string, Promise<Loaded>>();

  const load = async (name: string): Promise<Loaded> => {
    const traced = traceProgram(findProgram(spec, name), spec.state, {
      name,
      without: options.without ?? [],
      block,
      cache: options.cache,
    });
    const session = await createSession(traced.model, {
      threads: options.threads,
      provider,
      ...(options.profile ? { profile: `${options.profile}-${name}` } : {}),
    });
    const uses = (
      rename: (n: string) => string,
      names: Iterable<string>,
      known: ReadonlyMap<string, unknown>,
    ) => [...names].filter((n) => known.has(rename(n)));
    const outputs = [...traced.outputs].filter(([n]) => n.startsWith(outputName('')));
    return {
      traced,
      session,
      state: uses(stateName, state.names(), traced.inputs),
      inputs: uses(inputName, Object.keys(findProgram(spec, name).inputs), traced.inputs),
      changed: uses(nextName, state.names(), traced.outputs),
      outputs: new Map(outputs.map(([n, shape]) => [n, zeros(shape)])),
    };
  };

  const threads = options.threads ?? availableParallelism();
  let lanes: Lanes | null = null;
  const staged = new Map<string, ReturnType<typeof loadStaged>>();
  const runShards = async (name: string, program: Program, sharding: Sharding, inputs: Arrays) => {
    const count = Math.min(sharding.shards, threads);
    lanes ??= createLanes(count, Math.max(1, Math.floor(threads / count)));
    let pending = staged.get(name);
    if (!pending) {
      pending = loadStaged(program, sharding, state, spec.state, {
        name,
        without: options.without ?? [],
        block,
        cache: options.cache,
      });
      staged.set(name, pending);
    }
    return (await pending).run(lanes, inputs);
  };

  const runOnce = async (name: string, inputs: Arrays): Promise<Arrays> => {
    const program = findProgram(spec, name);
    checkArrays('input', inputs, program.inputs, true);
    const { sharding } = program;
    if (device === 'cpu' && sharding && sharding.shards > 1)
      return runShards(name, program, sharding, inputs);
    let pending = loaded.get(name);
    if (!pending) {
      pending = load(name);
      loaded.set(name, pending);
    }
    const ready = await pending;
    const feeds: Record<string, ort.Tensor> = {};
    for (const n of ready.state) feeds[stateName(n)] = state.current(n);
    for (const n of ready.inputs)
      feeds[inputName(n)] = new ort.Tensor('float32', inputs[n]!, [...program.inputs[n]!]);
    const fetches: Record<string, ort.Tensor> = Object.fromEntries(ready.outputs);
    for (const n of ready.changed) fetches[nextName(n)] = state.spare(n);
    await execute(ready.session, feeds, fetches);
    const arrays: Arrays = {};
    for (const [n, tensor] of ready.outputs) {
      arrays[n.slice(outputName('').length)] = (tensor.data as Float32Array).slice();
    }
    if (commits(program, arrays)) for (const n of ready.changed) state.flip(n);
    return arrays;
  };
  // Runs follow each other, because each starts from the state that the last one left.
  let queue: Promise<unknown> = Promise.resolve();

  return {
    device,
    setState(values) {
      checkArrays('state', values, spec.state, false);
      for (const [name, data] of Object.entries(values)) state.data(name).set(data);
    },
    async getState(names = state.names()) {
      return Object.fromEntries(names.map((name) => [name, state.data(name).slice()]));
    },
    run(name, inputs) {
      const result = queue.then(() => runOnce(name, inputs));
      queue = result.catch(() => undefined);
      return result;
    },
    async dispose() {
      await queue;
      // A program that could not be loaded was told of when it ran, and has nothing to release.
      for (const pending of loaded.values())
        await pending.then(
          ({ session }) => session.release(),
          () => {},
        );
      for (const pending of staged.values())
        await pending.then(
          (program) => program.dispose(),
          () => {},
        );
      await lanes?.dispose();
      lanes = null;
      loaded.clear();
      staged.clear();
    },
  };
}
