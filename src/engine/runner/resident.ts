import ort from 'onnxruntime-node';
import { GantryError } from '../../base/errors.ts';
import type { PassName } from '../passes/index.ts';
import { traceProgram } from '../trace/program.ts';
import { inputName, nextName, outputName, stateName } from '../trace/trace.ts';
import type { Arrays, Program, Runner, RunnerSpec } from '../types.ts';
import { sizeOf } from '../types.ts';
import { checkArrays, commits, findProgram } from './check.ts';
import { createSession, sessionError } from './session.ts';

/** Bytes of state that have crossed between host and device since the runner was made. */
export interface Traffic {
  stateToDevice: number;
  stateFromDevice: number;
}

export interface ResidentRunner extends Runner {
  readonly traffic: Readonly<Traffic>;
}

interface Loaded {
  readonly session: ort.InferenceSession;
  readonly reads: readonly string[];
  readonly inputs: readonly string[];
  readonly changes: readonly string[];
}

/**
 * Runs programs on WebGPU with the state resident: new state stays in the device's buffers and is fed back from
 * there, so that only inputs and outputs cross. State is written and read by programs that copy it.
 * @throws GantryError DEVICE_UNAVAILABLE, DEVICE_LOST, OUT_OF_MEMORY (at the first run)
 */
export function createResidentRunner(
  spec: RunnerSpec,
  options: { readonly without?: readonly PassName[] } = {},
): ResidentRunner {
  const resident = new Map<string, ort.Tensor>();
  const pending = new Map<string, Float32Array>();
  const sessions = new Map<string, Promise<Loaded>>();
  const traffic: Traffic = { stateToDevice: 0, stateFromDevice: 0 };
  for (const [name, shape] of Object.entries(spec.state)) pending.set(name, new Float32Array(sizeOf(shape)));

  const load = (key: string, program: Program, outputsStay: boolean): Promise<Loaded> => {
    const known = sessions.get(key);
    if (known) return known;
    const made = (async () => {
      const traced = traceProgram(program, spec.state, {
        name: key.slice(0, 40),
        without: options.without ?? [],
        webgpu: true,
      });
      const session = await createSession(traced.model, {
        provider: 'webgpu',
        locations: Object.fromEntries(
          [...traced.outputs.keys()].map((n) => [
            n,
            outputsStay || n.startsWith(nextName('')) ? ('gpu-buffer' as const) : ('cpu' as const),
          ]),
        ),
      });
      return {
        session,
        reads: Object.keys(spec.state).filter((n) => traced.inputs.has(stateName(n))),
        inputs: Object.keys(program.inputs).filter((n) => traced.inputs.has(inputName(n))),
        changes: Object.keys(spec.state).filter((n) => traced.outputs.has(nextName(n))),
      };
    })();
    sessions.set(key, made);
    return made;
  };

  async function execute(loaded: Loaded, shapes: Program['inputs'], inputs: Arrays) {
    const feeds: Record<string, ort.Tensor> = {};
    for (const n of loaded.reads) feeds[stateName(n)] = resident.get(n)!;
    for (const n of loaded.inputs) {
      feeds[inputName(n)] = new ort.Tensor('float32', inputs[n]!, [...shapes[n]!]);
    }
    try {
      return await loaded.session.run(feeds);
    } catch (error) {
      throw sessionError(error);
    }
  }

  function put(name: string, tensor: ort.Tensor): void {
    resident.get(name)?.dispose();
    resident.set(name, tensor);
  }

  /** Writes what the host has set since the last run to the device. */
  async function upload(): Promise<void> {
    if (pending.size === 0) return;
    const names = [...pending.keys()];
    const shapes = Object.fromEntries(names.map((n) => [n, spec.state[n]!]));
    const copy: Program = { inputs: shapes, fn: (_state, inputs) => ({ outputs: inputs }) };
    const loaded = await load(`put ${names}`, copy, true);
    const result = await execute(loaded, shapes, Object.fromEntries(pending));
    for (const n of names) {
      put(n, result[outputName(n)]!);
      traffic.stateToDevice += 4 * sizeOf(spec.state[n]!);
      pending.delete(n);
    }
  }

  async function download(names: readonly string[]): Promise<Arrays> {
    await upload();
    const copy: Program = {
      inputs: {},
      fn: (state) => ({ outputs: Object.fromEntries(names.map((n) => [n, state[n]!])) }),
    };
    const result = await execute(await load(`get ${names}`, copy, false), {}, {});
    traffic.stateFromDevice += names.reduce((sum, n) => sum + 4 * sizeOf(spec.state[n]!), 0);
    return Object.fromEntries(names.map((n) => [n, (result[outputName(n)]!.data as Float32Array).slice()]));
  }

  async function runOnce(name: string, inputs: Arrays): Promise<Arrays> {
    const program = findProgram(spec, name);
    checkArrays('input', inputs, program.inputs, true);
    await upload();
    const loaded = await load(`run ${name}`, program, false);
    const result = await execute(loaded, program.inputs, inputs);
    const arrays: Arrays = {};
    for (const [n, tensor] of Object.entries(result)) {
      if (n.startsWith(outputName(''))) {
        arrays[n.slice(outputName('').length)] = (tensor.data as Float32Array).slice();
      }
    }
    const keep = commits(program, arrays);
    for (const n of loaded.changes) {
      if (keep) put(n, result[nextName(n)]!);
      else result[nextName(n)]!.dispose();
    }
    return arrays;
  }

  let queue: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const result = queue.then(work);
    queue = result.catch(() => undefined);
    return result;
  };

  return {
    device: 'webgpu',
    traffic,
    setState(values) {
      checkArrays('state', values, spec.state, false);
      for (const [name, data] of Object.entries(values)) pending.set(name, data.slice());
    },
    async getState(names = Object.keys(spec.state)) {
      const unknown = names.find((n) => !(n in spec.state));
      if (unknown !== undefined) {
        throw new GantryError('BAD_CONFIG', `There is no state value '${unknown}'.`);
      }
      return names.length === 0 ? {} : inTurn(() => download(names));
    },
    run: (name, inputs) => inTurn(() => runOnce(name, inputs)),
    async dispose() {
      await queue;
      for (const tensor of resident.values()) tensor.dispose();
      for (const made of sessions.values()) await (await made).session.release();
      resident.clear();
      sessions.clear();
    },
  };
}
