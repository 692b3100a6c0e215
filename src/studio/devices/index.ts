import { GantryError } from '../../base/errors.ts';
import { type DeviceName, deviceNames, isDeviceName, whyMissing } from '../../engine/index.ts';
import { keep, keptFailure, keptSuccess } from './kept.ts';
import { canProbe, mustWork, type ProbeResult, probeDevice } from './probe.ts';

export type { ProbeResult } from './probe.ts';

export interface DeviceReport {
  readonly name: DeviceName;
  /** Null where this build or machine has no such device. */
  readonly result: ProbeResult | null;
  readonly detail: string;
  readonly action?: string;
}

/** The self-test of a device that is kept in the folder; undefined where none is. */
export const keptTest = keptSuccess;

export interface TestOptions {
  /** What failed with the same drivers within a day is believed, and not tried again. */
  readonly believeFailure?: boolean;
  /** Whether nothing else of ours computes: what was measured beside other work is not kept. Asked after the test. */
  readonly isQuiet?: () => boolean;
}

/** Tests that are at work, by device and folder. */
const atWork = new Map<string, Promise<ProbeResult>>();
let last: Promise<unknown> = Promise.resolve();

/**
 * The self-test of one device: right and how fast, kept in the folder (a workspace). What has succeeded is not tried
 * again. One test runs at a time, because two would slow each other; who asks for the same one waits for the first.
 */
export async function testDevice(
  device: DeviceName,
  folder: string | null,
  { believeFailure = false, isQuiet = () => true }: TestOptions = {},
): Promise<ProbeResult> {
  if (folder !== null) {
    const known =
      (await keptSuccess(device, folder)) ?? (believeFailure ? await keptFailure(device, folder) : undefined);
    if (known) return known;
  }
  const key = JSON.stringify([device, folder]);
  const already = atWork.get(key);
  if (already !== undefined) return already;
  const made = last
    .then(async () => {
      const result = await probeDevice(device);
      if (folder !== null && canProbe() && isQuiet()) await keep(device, result, folder);
      return result;
    })
    .finally(() => atWork.delete(key));
  atWork.set(key, made);
  last = made.catch(() => undefined);
  return made;
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

/**
 * Without a GPU that computes rightly there is nothing to compare, and the CPU's own test is spared. A missing driver
 * is looked for again when one may have come; a device that is asked for by name is always tried.
 */
async function automatic(folder: string | null): Promise<DeviceName> {
  const reports: DeviceReport[] = [];
  for (const name of ['webgpu', 'cuda', 'directml'] as const) {
    if (!whyMissing(name))
      reports.push(described(name, await testDevice(name, folder, { believeFailure: true })));
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
