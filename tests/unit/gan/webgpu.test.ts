import { spawn } from 'node:child_process';
import { beforeAll, describe, expect, it } from 'vitest';
import { type FamilyName, type FamilyResult, onDevice } from './webgpu/families.ts';

/** A software Vulkan driver takes minutes to compile the shaders of a whole step. So this is asked for. */
const driver = process.env.GANTRY_TEST_VULKAN_ICD;
if (driver === undefined) {
  console.warn(
    'SKIPPED: training on WebGPU. Set GANTRY_TEST_VULKAN_ICD to the JSON file of a Vulkan driver.',
  );
}

/** All families in one process of their own, which a driver may end. */
function trainOnDevice(): Promise<{ results: FamilyResult[]; errors: string }> {
  const entry = `${import.meta.dirname}/webgpu/onDevice.ts`;
  const child = spawn(process.execPath, [entry], { env: { ...process.env, VK_ICD_FILENAMES: driver } });
  const [output, errors]: [string[], string[]] = [[], []];
  child.stdout.on('data', (part: Buffer) => output.push(part.toString('utf8')));
  child.stderr.on('data', (part: Buffer) => errors.push(part.toString('utf8')));
  return new Promise((resolve) => {
    child.on('close', () => {
      const lines = output.join('').split('\n').filter(Boolean);
      resolve({ results: lines.map((line) => JSON.parse(line) as FamilyResult), errors: errors.join('') });
    });
  });
}

describe.skipIf(driver === undefined)('two whole steps on WebGPU, on a software driver', () => {
  let results: readonly FamilyResult[] = [];
  beforeAll(async () => {
    const made = await trainOnDevice();
    results = made.results;
    if (made.errors) console.warn(made.errors);
  }, 1_200_000);

  it.each(Object.keys(onDevice) as FamilyName[])(
    '%s: as on the CPU, and the state stays on the device',
    (family) => {
      const result = results.find((r) => r.family === family);
      expect(result, 'the process ended before this family').toBeDefined();
      expect(result!.relativeError, result!.worst).toBeLessThan(1e-3);
      // Of what the steps changed, too: the state itself hardly moves in two steps.
      expect(result!.relativeErrorOfChange).toBeLessThan(1e-2);
      expect(result!.stateBytesPerStep).toBe(0);
    },
  );
});
