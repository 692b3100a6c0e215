import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createConfig } from '../../../src/gan/index.ts';
import {
  chooseDevice,
  type DeviceReport,
  fastest,
  predict,
  testDevice,
} from '../../../src/studio/devices/index.ts';
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
    const kept = JSON.parse(await readFile(join(folder, 'devices.json'), 'utf8')) as { results: object };
    expect(kept.results).toEqual({ cpu: first });
    expect(await testDevice('cpu', folder)).toEqual(first);
  });

  it('predicts time in inverse proportion to speed, and more of both for larger images', () => {
    const at = (size: number, speed: number) =>
      predict(createConfig({ preset: 'tiny', size, seed: 1 }), speed);
    expect(at(32, 1e9).secondsPerKimg).toBeCloseTo(10 * at(32, 1e10).secondsPerKimg, 6);
    expect(at(64, 1e9).secondsPerKimg).toBeGreaterThan(at(32, 1e9).secondsPerKimg);
    expect(at(64, 1e9).memoryBytes).toBeGreaterThan(at(32, 1e9).memoryBytes);
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
