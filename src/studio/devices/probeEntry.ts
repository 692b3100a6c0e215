/**
 * Entry of the process that tries one device: a driver may end it without harming anybody. Prints one JSON line,
 * a ProbeResult.
 */
import { toGantryError } from '../../base/errors.ts';
import { createRunner, type DeviceName, programCost, type RunnerSpec } from '../../engine/index.ts';
import type { ProbeResult } from './probe.ts';
import { probeSpec, probeValues } from './probeProgram.ts';

const device = process.argv[2] as DeviceName;
const SECONDS = 5;
/** The small step takes under a millisecond on any device that is worth choosing. */
const SLOW_MS = 30;

async function trained(on: DeviceName) {
  const spec = probeSpec(2, 8, 16);
  const { state, inputs } = probeValues(spec);
  const runner = await createRunner(spec, { device: on });
  runner.setState(state);
  await runner.run('step', inputs);
  const traffic =
    'traffic' in runner ? (runner.traffic as { stateToDevice: number; stateFromDevice: number }) : null;
  const before = traffic && { ...traffic };
  await runner.run('step', inputs);
  const crossed = traffic
    ? traffic.stateToDevice - before!.stateToDevice + traffic.stateFromDevice - before!.stateFromDevice
    : null;
  const result = await runner.getState();
  await runner.dispose();
  return { result, crossed };
}

/** Largest relative error, in the Euclidean norm, of the state after two steps. */
async function correctness(): Promise<{ relativeError: number; stateBytesPerStep: number | null }> {
  const [expected, actual] = [await trained('cpu'), await trained(device)];
  let worst = 0;
  for (const [name, values] of Object.entries(expected.result)) {
    let difference = 0;
    let norm = 0;
    for (const [i, v] of values.entries()) {
      difference += (actual.result[name]![i]! - v) ** 2;
      norm += v * v;
    }
    const error = Math.sqrt(difference / (norm || 1));
    worst = Number.isFinite(error) ? Math.max(worst, error) : Number.POSITIVE_INFINITY;
  }
  return { relativeError: worst, stateBytesPerStep: actual.crossed };
}

/** Operations a second of a step, the best of a few runs after the first. */
async function speed(spec: RunnerSpec): Promise<{ flopsPerSecond: number; stepMs: number }> {
  const { state, inputs } = probeValues(spec);
  const runner = await createRunner(spec, { device });
  runner.setState(state);
  await runner.run('step', inputs);
  const start = performance.now();
  let stepMs = Number.POSITIVE_INFINITY;
  for (let i = 0; i < 10 && performance.now() - start < SECONDS * 1000; i++) {
    const begun = performance.now();
    await runner.run('step', inputs);
    stepMs = Math.min(stepMs, performance.now() - begun);
  }
  await runner.dispose();
  return { flopsPerSecond: programCost(spec.programs.step!, spec.state).flops / (stepMs / 1000), stepMs };
}

/** A step with some work in it, unless a small one already takes long. */
async function bestSpeed(): Promise<number> {
  const small = await speed(probeSpec(2, 8, 16));
  if (small.stepMs > SLOW_MS) return small.flopsPerSecond;
  return (await speed(probeSpec(16, 64, 32))).flopsPerSecond;
}

let answer: ProbeResult;
try {
  const right = await correctness();
  answer = { ok: right.relativeError <= 1e-3, ...right, flopsPerSecond: await bestSpeed() };
} catch (thrown) {
  const { code, message, action } = toGantryError(thrown);
  answer = { ok: false, code, message, ...(action === undefined ? {} : { action }) };
}
process.stdout.write(`${JSON.stringify(answer)}\n`, () => process.exit(0));
