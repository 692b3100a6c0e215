import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { driverListing } from '../../../src/studio/devices/drivers.ts';
import { chooseDevice, type DeviceReport, fastest, testDevice } from '../../../src/studio/devices/index.ts';
import { keep, keptFailure, keptSuccess } from '../../../src/studio/devices/kept.ts';
import { probeDevice } from '../../../src/studio/devices/probe.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gantry-devices-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const report = (name: DeviceReport['name'], ok: boolean, flopsPerSecond: number): DeviceReport => ({
  name,
  detail: '',
  result: { ok, relativeError: ok ? 0 : 1, stateBytesPerStep: null, flopsPerSecond },
});

describe('devices', () => {
  it('auto takes the fastest that computes rightly', () => {
    expect(fastest([report('cpu', true, 1e10), report('webgpu', true, 1e12)])).toBe('webgpu');
    expect(fastest([report('cpu', true, 1e10), report('webgpu', false, 1e12)])).toBe('cpu');
    expect(fastest([report('cpu', true, 1e10), report('webgpu', true, 1e7)])).toBe('cpu');
    expect(fastest([])).toBe('cpu');
  });

  it('a device that is not there is an error that says what would work, never another device', async () => {
    await expect(chooseDevice('tpu', null)).rejects.toMatchObject({
      code: 'DEVICE_UNAVAILABLE',
      action: expect.stringContaining('cpu'),
    });
    const other = process.platform === 'win32' ? 'cuda' : 'directml';
    await expect(chooseDevice(other, null)).rejects.toMatchObject({
      code: 'DEVICE_UNAVAILABLE',
      action: expect.stringContaining('cpu'),
    });
  });

  it('keeps the result of a test, and measures again what is damaged', { timeout: 120_000 }, async () => {
    await writeFile(join(folder, 'devices.json'), '{"key": 3');
    const first = await testDevice('cpu', folder);
    expect(first).toMatchObject({ ok: true, relativeError: 0 });
    const text = await readFile(join(folder, 'devices.json'), 'utf8');
    expect(JSON.parse(text)).toMatchObject({ results: { cpu: first } });
    expect(await testDevice('cpu', folder)).toEqual(first);
  });

  it('is tested once for all who ask, and not kept where other work slowed it', {
    timeout: 120_000,
  }, async () => {
    const isQuiet = () => false;
    const [one, two] = await Promise.all([
      testDevice('cpu', folder, { isQuiet }),
      testDevice('cpu', folder, { isQuiet }),
    ]);
    expect(one).toMatchObject({ ok: true });
    expect(two).toBe(one);
    expect(await keptSuccess('cpu', folder)).toBeUndefined();
  });

  it('keeps no failure that may pass, and needs no folder that can be written to', async () => {
    await keep('webgpu', { ok: false, code: 'DEVICE_LOST', message: 'out of time' }, folder);
    expect(await keptFailure('webgpu', folder)).toBeUndefined();
    const missing = { ok: false as const, code: 'DEVICE_UNAVAILABLE', message: 'no driver' };
    // A file in the folder's place, which no permission of the one who tests can get around.
    await writeFile(join(folder, 'file'), '');
    await keep('webgpu', missing, join(folder, 'file'));
    expect(await keptFailure('webgpu', join(folder, 'file'))).toBeUndefined();
  });

  it('believes a failure with the same drivers for a day, where the caller does', async () => {
    const failure = { ok: false as const, code: 'DEVICE_UNAVAILABLE', message: 'no driver' };
    await keep('webgpu', failure, folder);
    expect(await testDevice('webgpu', folder, { believeFailure: true })).toEqual(failure);
    expect(await keptSuccess('webgpu', folder)).toBeUndefined();

    const file = join(folder, 'devices.json');
    const text = await readFile(file, 'utf8');
    const kept = JSON.parse(text) as { failures: { webgpu: { atMs: number; drivers: string } } };
    expect(text).not.toContain('/dev');
    const changed = async (change: object) => {
      const webgpu = { ...kept.failures.webgpu, ...change };
      await writeFile(file, JSON.stringify({ ...kept, failures: { webgpu } }));
      return keptFailure('webgpu', folder);
    };
    expect(await changed({})).toEqual(failure);
    expect(await changed({ atMs: Date.now() - 25 * 3600 * 1000 })).toBeUndefined();
    expect(await changed({ drivers: 'of another card' })).toBeUndefined();
  });

  it('sees a Vulkan driver come', async () => {
    const before = driverListing();
    expect(driverListing()).toBe(before);
    const old = process.env.VK_DRIVER_FILES;
    process.env.VK_DRIVER_FILES = '/a/new/driver.json';
    expect(driverListing()).not.toBe(before);
    if (old === undefined) delete process.env.VK_DRIVER_FILES;
    else process.env.VK_DRIVER_FILES = old;
  });

  it('forgets a failure once the device has worked', async () => {
    await keep('webgpu', { ok: false, code: 'DEVICE_UNAVAILABLE', message: 'no driver' }, folder);
    const success = { ok: true, relativeError: 0, stateBytesPerStep: 0, flopsPerSecond: 1 };
    await keep('webgpu', success, folder);
    expect(await keptFailure('webgpu', folder)).toBeUndefined();
    expect(await testDevice('webgpu', folder, { believeFailure: true })).toEqual(success);
  });
});

/** A software Vulkan driver compiles slowly: minutes on a busy machine. So this is asked for. */
const driver = process.env.GANTRY_TEST_VULKAN_ICD;
if (driver === undefined) {
  console.warn('SKIPPED: WebGPU. Set GANTRY_TEST_VULKAN_ICD to the JSON file of a Vulkan driver to test it.');
}

describe.skipIf(driver === undefined)('WebGPU on a software driver', () => {
  it('computes as the CPU does, with the state on the device', { timeout: 300_000 }, async () => {
    const result = await probeDevice('webgpu', { VK_ICD_FILENAMES: driver });
    expect(result).toMatchObject({ ok: true, stateBytesPerStep: 0 });
  });
});
