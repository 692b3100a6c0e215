import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { type ErrorCode, GantryError } from '../../base/errors.ts';
import { entryUrl } from '../../base/runtime.ts';
import type { DeviceName } from '../../engine/index.ts';

export const probeSchema = z.union([
  z.object({
    ok: z.boolean(),
    /** Of the state after two small training steps, against the CPU; a device is right up to 1e-3. */
    relativeError: z.number(),
    /** Bytes of weights and moments that a step moves between host and device; null where they live on the host. */
    stateBytesPerStep: z.number().nullable(),
    flopsPerSecond: z.number(),
  }),
  z.object({
    ok: z.literal(false),
    code: z.string(),
    message: z.string(),
    action: z.string().optional(),
  }),
]);
export type ProbeResult = z.infer<typeof probeSchema>;

/** A device that computes its first kernels slowly is waited for this long. */
const PATIENCE_MS = 120_000;

/** Inside Electron there is no plain Node to try a driver in; what the command line measured is used. */
export const canProbe = () => process.versions.electron === undefined;

/** Tries a device in a process of its own. Never throws: what went wrong is the result. */
export function probeDevice(device: DeviceName, env: NodeJS.ProcessEnv = {}): Promise<ProbeResult> {
  if (!canProbe()) return Promise.resolve(notHere(device));
  return new Promise((resolve) => {
    const entry = fileURLToPath(entryUrl('./probeEntry.ts', import.meta.url));
    const child = spawn(process.execPath, [entry, device], {
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'ignore'],
      timeout: PATIENCE_MS,
    });
    let text = '';
    child.stdout.on('data', (part: Buffer) => {
      text += part.toString('utf8');
    });
    child.on('error', (error) => resolve(failed('DEVICE_UNAVAILABLE', error.message)));
    child.on('close', () => {
      const line = text.trim().split('\n').at(-1) ?? '';
      try {
        resolve(probeSchema.parse(JSON.parse(line)));
      } catch {
        resolve(
          failed('DEVICE_LOST', `The driver of the device '${device}' ended the process that tried it.`),
        );
      }
    });
  });
}

function notHere(device: DeviceName): ProbeResult {
  return {
    ok: false,
    code: 'DEVICE_UNAVAILABLE',
    message: `The device '${device}' has not been tested for this workspace.`,
    action: 'Train once on it by the command line in this workspace, or choose the device cpu.',
  };
}

function failed(code: ErrorCode, message: string): ProbeResult {
  return { ok: false, code, message, action: 'Choose the device cpu.' };
}

/** @throws GantryError with the probe's code when the device cannot be used or computes wrongly */
export function mustWork(device: DeviceName, result: ProbeResult): void {
  if (result.ok) return;
  if ('code' in result) {
    throw new GantryError(result.code as ErrorCode, result.message, {
      ...(result.action === undefined ? {} : { action: result.action }),
    });
  }
  throw new GantryError(
    'DEVICE_UNAVAILABLE',
    `The device '${device}' computes wrongly (relative error ${result.relativeError.toExponential(1)}).`,
    { action: 'Update its driver, or choose the device cpu.' },
  );
}
