import ort from 'onnxruntime-node';
import { GantryError } from '../../base/errors.ts';
import type { PassName } from '../passes/index.ts';
import { type TracedProgram, traceProgram } from '../trace/program.ts';
import { inputName, nextName, outputName, stateName } from '../trace/trace.ts';
import type { Arrays, Runner, RunnerSpec } from '../types.ts';
import { checkArrays, commits, findProgram } from './check.ts';
import { createSession, sessionError } from './session.ts';
import { StateBuffers, zeros } from './state.ts';

export interface RunnerOptions {
  readonly device: 'cpu';
  /** Threads within an operation; default all available cores. */
  readonly threads?: number;
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
  if (options.device !== 'cpu') {
    throw new GantryError('DEVICE_UNAVAILABLE', `There is no device '${options.device}' yet; there is: cpu.`);
  }
  keepFreedMemory();
  const state = new StateBuffers(spec.state);
  const loaded = new Map<string, Promise<Loaded>>();

  const load = async (name: string): Promise<Loaded> => {
    const traced = traceProgram(findProgram(spec, name), spec.state, {
      name,
      without: options.without ?? [],
    });
    const session = await createSession(traced.model, {
      threads: options.threads,
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

  const runOnce = async (name: string, inputs: Arrays): Promise<Arrays> => {
    const program = findProgram(spec, name);
    checkArrays('input', inputs, program.inputs, true);
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
    try {
      release(await ready.session.run(feeds, fetches), fetches);
    } catch (error) {
      throw sessionError(error);
    }
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
    device: 'cpu',
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
      for (const pending of loaded.values()) await (await pending).session.release();
      loaded.clear();
    },
  };
}

/**
 * onnxruntime-node writes into the preallocated tensors, but returns copies beside them. Freed at once, their
 * memory serves the next run; left to the collector it is fresh memory every time, whose page faults cost more
 * than the copies (measured: 2 MB of state, 11 to 70 ms a run against 4).
 */
function release(returned: ort.InferenceSession.ReturnType, own: Record<string, ort.Tensor>): void {
  const kept = new Set(Object.values(own).map((t) => (t.data as Float32Array).buffer));
  for (const { data } of Object.values(returned)) {
    const { buffer } = data as Float32Array<ArrayBuffer>;
    if (!kept.has(buffer)) buffer.transfer(0);
  }
}

let kept = false;

/**
 * glibc hands freed blocks above a threshold back to the system, and raises that threshold to the largest block that
 * it has seen freed (32 MB at most). Without one large block at the start, every step's copies would be fresh pages.
 */
function keepFreedMemory(): void {
  if (!kept) new ArrayBuffer(31_000_000).transfer(0);
  kept = true;
}
