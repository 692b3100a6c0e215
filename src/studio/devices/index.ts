import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { z } from 'zod';
import { GantryError } from '../../base/errors.ts';
import { appVersion } from '../../base/runtime.ts';
import { type DeviceName, deviceNames, isDeviceName, programCost, whyMissing } from '../../engine/index.ts';
import type { RunConfig } from '../../gan/index.ts';
import { trainingGraph } from '../../gan/training-program.ts';
import { writeFileAtomic } from '../../workspace/index.ts';
import { mustWork, type ProbeResult, probeDevice, probeSchema } from './probe.ts';

export type { ProbeResult } from './probe.ts';

export interface DeviceReport {
  readonly name: DeviceName;
  /** Null where this build or machine has no such device. */
  readonly result: ProbeResult | null;
  readonly detail: string;
  readonly action?: string;
}

const keptSchema = z.object({ key: z.string(), results: z.record(z.string(), probeSchema) });

/** What a result depends on: it is measured again when one of these changes. */
function machineKey(): string {
  const ort = createRequire(import.meta.url)('onnxruntime-node/package.json') as { version: string };
  return [appVersion, ort.version, process.platform, process.arch].join(' ');
}

async function readKept(folder: string | null): Promise<Record<string, ProbeResult>> {
  if (folder === null) return {};
  try {
    const kept = keptSchema.parse(JSON.parse(await readFile(join(folder, 'devices.json'), 'utf8')));
    return kept.key === machineKey() ? kept.results : {};
  } catch {
    return {}; // Absent or damaged: it is measured again.
  }
}

/**
 * The self-test of one device: right and how fast, kept in the folder (a workspace) once it has succeeded, so that a
 * driver that was missing is looked for again.
 */
export async function testDevice(device: DeviceName, folder: string | null): Promise<ProbeResult> {
  const results = await readKept(folder);
  const known = results[device];
  if (known) return known;
  const result = await probeDevice(device);
  if (result.ok && folder !== null) {
    const text = JSON.stringify({ key: machineKey(), results: { ...results, [device]: result } });
    await writeFileAtomic(join(folder, 'devices.json'), text);
  }
  return result;
}

/** Every device with what is to be said of it; each that this build has is tried. */
export async function surveyDevices(folder: string | null = null): Promise<DeviceReport[]> {
  const reports: DeviceReport[] = [];
  for (const name of deviceNames) {
    const missing = whyMissing(name);
    if (missing) reports.push({ name, result: null, detail: missing.text, action: missing.action });
    else reports.push(described(name, await testDevice(name, folder)));
  }
  return reports;
}

function described(name: DeviceName, result: ProbeResult): DeviceReport {
  if ('code' in result) {
    const action = result.action === undefined ? {} : { action: result.action };
    return { name, result, detail: result.message, ...action };
  }
  const speed = `${(result.flopsPerSecond / 1e9).toPrecision(2)} GFLOP/s in a training step`;
  const error = `relative error ${result.relativeError.toExponential(1)} against the CPU`;
  return {
    name,
    result,
    detail: `${result.ok ? 'computes rightly' : 'computes wrongly'} (${error}), ${speed}`,
  };
}

/**
 * The device to train on. `auto`: the fastest of the CPU and the GPU devices of this machine that compute rightly.
 * A named device is that device or an error; nothing is replaced silently.
 * @throws GantryError DEVICE_UNAVAILABLE with what would work, or the code of what went wrong on it
 */
export async function chooseDevice(asked: string, folder: string | null): Promise<DeviceName> {
  if (asked === 'cpu') return asked;
  if (asked === 'auto') return automatic(folder);
  if (!isDeviceName(asked)) {
    throw new GantryError('DEVICE_UNAVAILABLE', `There is no device "${asked}".`, {
      action: `Devices are: auto, ${deviceNames.join(', ')}. See \`gantry doctor\`.`,
    });
  }
  const missing = whyMissing(asked);
  if (missing) throw new GantryError('DEVICE_UNAVAILABLE', missing.text, { action: missing.action });
  mustWork(asked, await testDevice(asked, folder));
  return asked;
}

/** Without a GPU that computes rightly there is nothing to compare, and the CPU's own test is spared. */
async function automatic(folder: string | null): Promise<DeviceName> {
  const reports: DeviceReport[] = [];
  for (const name of ['webgpu', 'cuda', 'directml'] as const) {
    if (!whyMissing(name)) reports.push(described(name, await testDevice(name, folder)));
  }
  if (!reports.some(({ result }) => result?.ok)) return 'cpu';
  return fastest([...reports, described('cpu', await testDevice('cpu', folder))]);
}

/** The fastest device that computes rightly; the CPU where no other does. */
export function fastest(reports: readonly DeviceReport[]): DeviceName {
  let best: { name: DeviceName; speed: number } = { name: 'cpu', speed: 0 };
  for (const { name, result } of reports) {
    const speed = result?.ok && 'flopsPerSecond' in result ? result.flopsPerSecond : 0;
    if (speed > best.speed) best = { name, speed };
  }
  return best.name;
}

export interface Prediction {
  readonly secondsPerKimg: number;
  readonly memoryBytes: number;
}

/** What a run would take on a device of that measured speed: an estimate from the compiled step's operations. */
export function predict(config: RunConfig, flopsPerSecond: number): Prediction {
  const { spec } = trainingGraph({ ...config, shards: 1 });
  const { every } = config.penalty;
  const costs = Object.entries(spec.programs).map(([name, program]) => ({
    ...programCost(program, spec.state),
    share: name === 'penalised' ? 1 / every : Object.keys(spec.programs).length > 1 ? 1 - 1 / every : 1,
  }));
  const flopsPerStep = costs.reduce((sum, { flops, share }) => sum + flops * share, 0);
  return {
    secondsPerKimg: ((flopsPerStep / config.batch) * 1000) / flopsPerSecond,
    memoryBytes: Math.max(...costs.map(({ peakBytes }) => peakBytes)),
  };
}
