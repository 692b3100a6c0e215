/**
 * Entry of a process that trains each family for two steps on WebGPU and on the CPU, because a driver may end the
 * process that uses it. Prints a FamilyResult a line; one process for all, since compiled shaders are shared.
 *   node onDevice.ts [FAMILY…]
 */
import { createRunner, type DeviceName, type Runner, type RunnerSpec } from '../../../../src/engine/index.ts';
import { type Checkpoint, createTrainer } from '../../../../src/gan/index.ts';
import { blobSource } from '../support.ts';
import { underway } from '../underway.ts';
import { type FamilyName, type FamilyResult, onDevice } from './families.ts';

interface Traffic {
  readonly stateToDevice: number;
  readonly stateFromDevice: number;
}
const crossed = ({ stateToDevice, stateFromDevice }: Traffic) => stateToDevice + stateFromDevice;

async function start(name: FamilyName): Promise<Checkpoint> {
  const { config, images } = onDevice[name];
  const trainer = await createTrainer(config, sourceOf(name), on('cpu'));
  while (trainer.images < images) await trainer.step();
  const checkpoint = await trainer.checkpoint();
  await trainer.dispose();
  return underway(checkpoint);
}

const sourceOf = (name: FamilyName) => {
  const { config } = onDevice[name];
  return blobSource(config.size, 12, config.conditions !== null);
};

const on =
  (device: DeviceName, seen: (runner: Runner) => void = () => {}) =>
  async (spec: RunnerSpec) => {
    const runner = await createRunner(spec, { device, threads: 1 });
    seen(runner);
    return runner;
  };

/** Two steps, and the bytes of state that crossed in the second one. */
async function trained(name: FamilyName, device: DeviceName, from: Checkpoint) {
  let traffic: Traffic | undefined;
  const trainer = await createTrainer(
    onDevice[name].config,
    sourceOf(name),
    on(device, (runner) => {
      if ('traffic' in runner) traffic = runner.traffic as Traffic;
    }),
  );
  await trainer.restore(from);
  await trainer.step();
  const before = traffic ? crossed(traffic) : 0;
  await trainer.step();
  const stateBytesPerStep = traffic ? crossed(traffic) - before : 0;
  const { tensors } = await trainer.checkpoint();
  await trainer.dispose();
  return { tensors, stateBytesPerStep };
}

const norm = (values: Float32Array) => Math.sqrt(values.reduce((sum, v) => sum + v * v, 0));
const minus = (a: Float32Array, b: Float32Array) => a.map((v, i) => v - b[i]!);

async function compare(family: FamilyName): Promise<FamilyResult> {
  const begun = performance.now();
  const from = await start(family);
  const [expected, actual] = [await trained(family, 'cpu', from), await trained(family, 'webgpu', from)];
  let [relativeError, relativeErrorOfChange, worst] = [0, 0, ''];
  for (const [name, { data }] of Object.entries(expected.tensors)) {
    const difference = norm(minus(actual.tensors[name]!.data, data));
    const error = difference / (norm(data) || 1);
    const ofChange = difference / (norm(minus(data, from.tensors[name]!.data)) || 1);
    if (!(error <= relativeError)) [relativeError, worst] = [error, name];
    if (!(ofChange <= relativeErrorOfChange)) relativeErrorOfChange = ofChange;
  }
  const { stateBytesPerStep } = actual;
  const seconds = (performance.now() - begun) / 1000;
  return { family, relativeError, worst, relativeErrorOfChange, stateBytesPerStep, seconds };
}

const asked = process.argv.slice(2) as FamilyName[];
for (const family of asked.length > 0 ? asked : (Object.keys(onDevice) as FamilyName[])) {
  process.stdout.write(`${JSON.stringify(await compare(family))}\n`);
}
process.exit(0);
