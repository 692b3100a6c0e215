import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { z } from 'zod';
import { appVersion } from '../../base/runtime.ts';
import type { DeviceName } from '../../engine/index.ts';
import { writeFileAtomic } from '../../workspace/index.ts';
import { driverListing } from './drivers.ts';
import { type ProbeResult, probeSchema } from './probe.ts';

/** A failure is believed this long even if no driver is seen to change, because not every change is seen. */
const BELIEVED_MS = 24 * 3600 * 1000;

const failureSchema = z.object({ drivers: z.string(), atMs: z.number(), result: probeSchema });
const keptSchema = z.object({
  key: z.string(),
  results: z.record(z.string(), probeSchema),
  failures: z.record(z.string(), failureSchema).default({}),
});
type Kept = Omit<z.infer<typeof keptSchema>, 'key'>;

/** What a result depends on: it is measured again when one of these changes. */
function machineKey(): string {
  const ort = createRequire(import.meta.url)('onnxruntime-node/package.json') as { version: string };
  return [appVersion, ort.version, process.platform, process.arch].join(' ');
}

/** The listing names files of the machine, so only its digest is kept. */
const driversNow = () => createHash('sha256').update(driverListing()).digest('hex');

async function read(folder: string): Promise<Kept> {
  try {
    const { key, ...kept } = keptSchema.parse(
      JSON.parse(await readFile(join(folder, 'devices.json'), 'utf8')),
    );
    if (key === machineKey()) return kept;
  } catch {
    // Absent or damaged: everything is measured again.
  }
  return { results: {}, failures: {} };
}

/** The self-test of a device that succeeded and is kept in the folder; undefined where none is. */
export async function keptSuccess(device: DeviceName, folder: string): Promise<ProbeResult | undefined> {
  return (await read(folder)).results[device];
}

/** A failed self-test that is not a day old, made with the drivers that are there now; undefined where none is. */
export async function keptFailure(device: DeviceName, folder: string): Promise<ProbeResult | undefined> {
  const failure = (await read(folder)).failures[device];
  if (!failure || failure.drivers !== driversNow()) return undefined;
  const age = Date.now() - failure.atMs;
  return age >= 0 && age < BELIEVED_MS ? failure.result : undefined;
}

/**
 * Keeps the newest result of a device in the folder (a workspace). A failure is kept where the device is not there:
 * one that ran out of time or was lost may only have been busy. A folder that cannot be written to keeps nothing.
 */
export async function keep(device: DeviceName, result: ProbeResult, folder: string): Promise<void> {
  const { results, failures } = await read(folder);
  delete results[device];
  delete failures[device];
  if (result.ok) results[device] = result;
  else if ('code' in result && result.code === 'DEVICE_UNAVAILABLE')
    failures[device] = { drivers: driversNow(), atMs: Date.now(), result };
  const text = JSON.stringify({ key: machineKey(), results, failures });
  try {
    writeFileAtomic(join(folder, 'devices.json'), text);
  } catch {
    // Then the device is tried again next time.
  }
}
