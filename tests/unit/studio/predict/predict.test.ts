import { mkdtempSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { importedDataset } from '../../../../src/base/importedDataset.ts';
import { createRunner } from '../../../../src/engine/index.ts';
import { type BatchSource, createConfig, createTrainer, type RunConfig } from '../../../../src/gan/index.ts';
import { testDevice } from '../../../../src/studio/devices/index.ts';
import { flopsOf, imagesFor, stepCost } from '../../../../src/studio/predict/cost.ts';
import { checkpointBytes, parametersOf } from '../../../../src/studio/predict/disk.ts';
import { predictionText, predictTraining } from '../../../../src/studio/predict/index.ts';
import { type NewTraining, type PlannedRun, planRun } from '../../../../src/studio/train/index.ts';
import { writeCheckpoint } from '../../../../src/trainer/checkpoint.ts';
import type { Workspace } from '../../../../src/workspace/index.ts';
import { type MadeWorkspace, madeWorkspace } from '../import/madeWorkspace.ts';

let made: MadeWorkspace;
let ws: Workspace;
beforeAll(async () => {
  made = await madeWorkspace(20);
  ({ ws } = made);
});
afterAll(() => made.remove());

const planned = (training: Partial<NewTraining> = {}) =>
  planRun(ws, { dataset: 'made', preset: 'tiny', size: 32, device: 'cpu', ...training });

/** A run of the past as the workspace keeps it. */
function past({ plan, device, dataset }: PlannedRun, images: number, seconds: number): string {
  const run = ws.createRun({
    dataset: dataset.name,
    preset: plan.gan.preset,
    size: plan.gan.size,
    seed: 9,
    config: plan,
    device,
    totalImages: images,
  });
  ws.updateRun(run.id, { images, seconds });
  return run.id;
}

/** A real checkpoint of a run that has not learned yet: the trainer's own state, written as it writes it. */
async function written(config: RunConfig, images: number) {
  const source: BatchSource = {
    size: config.size,
    count: 4,
    labelColumns: 0,
    next: (batch) => ({ images: new Float32Array(batch * config.size ** 2), labels: null }),
    state: () => null,
    restore: () => {},
  };
  const trainer = await createTrainer(config, source, (spec) => createRunner(spec, { device: 'cpu' }));
  const checkpoint = await trainer.checkpoint();
  await trainer.dispose();
  const figures = { images, step: 0, seconds: 0 };
  const runDir = mkdtempSync(join(made.folder, 'run-'));
  const entry = await writeCheckpoint(runDir, checkpoint, figures);
  return { checkpoint, bytes: statSync(join(entry.folder, 'weights.safetensors')).size };
}

describe('a prediction', () => {
  it.each([
    ['tiny', 32, 640],
    ['tiny', 64, 1_000_000],
    ['preview', 64, 123_456],
    ['balanced', 64, 0],
  ] as const)('knows a snapshot of %s at %i px to the byte', async (preset, size, images) => {
    const config = createConfig({ preset, size, seed: 3 });
    const { checkpoint, bytes } = await written(config, images);
    expect(checkpointBytes(config, images)).toBe(bytes);
    const count = (prefix: string) =>
      Object.entries(checkpoint.tensors)
        .filter(([name]) => name.startsWith(prefix))
        .reduce((sum, [, { data }]) => sum + data.length, 0);
    expect(parametersOf(config)).toEqual({ generator: count('ema/'), discriminator: count('d/') });
  });

  it('does not know the time of a device that was never tested', async () => {
    const prediction = await predictTraining(ws, await planned({ images: 5000 }));
    expect(prediction.time).toEqual({
      basis: 'none',
      given: 'images',
      imagesPerSecond: null,
      factor: null,
      images: 5000,
      seconds: null,
    });
    expect(predictionText(prediction)).toContain('not known');
  });

  it('takes the time from the device’s test: operations at its speed', async () => {
    const test = await testDevice('cpu', ws.dir);
    const speed = 'flopsPerSecond' in test ? test.flopsPerSecond : Number.NaN;
    const plan = await planned({ images: 5000 });
    const { time } = await predictTraining(ws, plan);
    expect(time.basis).toBe('self-test');
    expect(time.seconds).toBeCloseTo((stepCost(plan.plan.gan).flopsPerImage * 5000) / speed, 6);
    // Twice the images, twice the time; larger images, more time and memory.
    const twice = await predictTraining(ws, await planned({ images: 10_000 }));
    expect(twice.time.seconds).toBeCloseTo(2 * time.seconds!, 6);
    const larger = await predictTraining(ws, await planned({ images: 5000, size: 64 }));
    expect(larger.time.seconds!).toBeGreaterThan(time.seconds!);
    expect(larger.memory.bytes).toBeGreaterThan(twice.memory.bytes);
  });

  it('takes the time from earlier runs with the same networks, batch and device, and no others', async () => {
    const plan = await planned({ images: 8000 });
    past(plan, 4000, 100); // 40 a second
    past(plan, 100, 1); // too short to count
    past(await planned({ size: 64 }), 1000, 100);
    past(await planned({ settings: 'batch=8' }), 1000, 100);
    past({ ...plan, device: 'webgpu' }, 90_000, 100);
    // A model that came in took that time on another machine.
    const { id } = ws.createRun({
      ...{ dataset: importedDataset, datasetHash: '0'.repeat(64), preset: plan.plan.gan.preset },
      ...{ size: plan.plan.gan.size, seed: 9, device: plan.device, totalImages: 90_000 },
      config: { gan: plan.plan.gan, threads: plan.plan.threads, imported: {} },
    });
    ws.updateRun(id, { images: 90_000, seconds: 100 });
    const { time } = await predictTraining(ws, plan);
    expect(time).toMatchObject({
      basis: 'runs',
      imagesPerSecond: 40,
      images: 8000,
      seconds: 200,
      factor: 1.15,
    });
    // Minutes become whole batches at that rate.
    const minutes = await predictTraining(ws, await planned({ minutes: 10 }));
    expect(minutes.time).toMatchObject({ given: 'minutes', seconds: 600, images: 24_000 });
    // Another seed is the same effort; a second run widens what is said.
    past(await planned({ seed: 77 }), 2000, 100);
    const both = await predictTraining(ws, plan);
    expect(both.time.imagesPerSecond).toBeCloseTo(30, 9);
    expect(both.time.factor).toBeCloseTo(1.5, 9);
  });

  it('counts a progressive run by its resolutions', async () => {
    const config = createConfig({ preset: 'progressive', size: 32, seed: 1 });
    const [whole, growing] = [stepCost({ ...config, progressive: null }), stepCost(config)];
    const sizes = growing.growing.map(({ flopsPerImage }) => flopsPerImage);
    expect(sizes).toEqual([...sizes].sort((a, b) => a - b));
    expect(sizes.at(-1)).toBe(whole.flopsPerImage);
    expect(flopsOf(growing, 100_000)).toBeLessThan(flopsOf(whole, 100_000));
    for (const images of [100, 5000, 20_000, 100_000]) {
      expect(imagesFor(growing, flopsOf(growing, images))).toBeCloseTo(images, 3);
    }
  });

  it('takes memory from earlier runs where they noted it', async () => {
    const plan = await planned({ settings: 'batch=32' });
    const run = past(plan, 4000, 100);
    const scores = { lossD: 0, lossG: 0, scoreReal: 0, scoreFake: 0 };
    ws.appendMetrics(run, [{ step: 9, images: 4000, seconds: 100, ...scores, extra: { memoryMb: 700 } }]);
    expect((await predictTraining(ws, plan)).memory).toMatchObject({ basis: 'runs', bytes: 7e8 });
  });

  it('counts snapshots, sheets and prepared images, and warns when the disk is short', async () => {
    const plan = await planned({ images: 20_000, checkpointEvery: 5000, keep: 2 });
    const { disk, slices } = await predictTraining(ws, plan);
    expect(slices).toBe(20);
    expect(disk.checkpoints).toBe(3);
    expect(disk.cacheBytes).toBe(20 * 32 * 32 * 2);
    expect(disk.bytes).toBeGreaterThan(4 * disk.checkpointBytes + disk.samplesBytes);
    const many = await predictTraining(ws, await planned({ images: 1e9, checkpointEvery: 100, keep: 1e7 }));
    expect(many.warnings.map(({ code }) => code)).toContain('disk-short');
  });

  it('warns where memory is short', async () => {
    const vast = await predictTraining(
      ws,
      await planned({ preset: 'quality', size: 256, settings: 'batch=1024' }),
    );
    expect(vast.warnings.map(({ code }) => code)).toContain('memory-short');
  });
});
