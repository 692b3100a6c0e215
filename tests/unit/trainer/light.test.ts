import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { createRunner } from '../../../src/engine/index.ts';
import { createTrainer } from '../../../src/gan/index.ts';
import { affords, lightChecks } from '../../../src/trainer/light.ts';
import type { TrainerStart } from '../../../src/trainer/messages.ts';
import { blobSource, smallConfig } from '../gan/support.ts';

const folder = mkdtempSync(join(tmpdir(), 'gantry-light-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('never takes more than a twentieth of the training time', () => {
  let [spent, refused] = [0, 0];
  // Twelve seconds for each evaluation, asked for every 50 seconds of training.
  for (let seconds = 50; seconds < 5000; seconds += 50) {
    if (affords(spent, 12, seconds)) spent += 12;
    else refused++;
    expect(spent).toBeLessThanOrEqual(0.05 * seconds);
  }
  expect(spent).toBeGreaterThan(0.045 * 5000);
  expect(refused).toBeGreaterThan(0);
});

it('measures a network as it stands, changes nothing in it, and waits until there is time', async () => {
  const [size, count] = [16, 40];
  const source = blobSource(size, count);
  const cacheFile = join(folder, 'cache.u16');
  const images = blobSource(size, count).next(count).images;
  writeFileSync(
    cacheFile,
    Uint16Array.from(images, (v) => Math.round((v + 1) * 32767.5)),
  );
  const order: TrainerStart = {
    type: 'start',
    runDir: mkdtempSync(join(folder, 'run-')),
    cacheFile,
    count,
    size,
    config: smallConfig('stylegan2'),
    device: 'cpu',
    threads: 1,
    totalImages: 40,
    minutes: null,
    resumeFrom: null,
    checkpointEveryImages: 20,
    subjects: Array.from({ length: count }, (_, i) => i % 10),
  };
  const factory = (spec: Parameters<typeof createRunner>[0]) =>
    createRunner(spec, { device: 'cpu', threads: 1 });
  const trainer = await createTrainer(smallConfig('stylegan2'), source, factory, { totalImages: 40 });
  const failures: string[] = [];
  const checks = lightChecks(order, trainer, factory, (text) => failures.push(text));
  await trainer.step();
  const before = await trainer.checkpoint();
  expect(await checks.measure(1)).toBeUndefined();
  const figures = await checks.measure(1e6);
  expect(failures).toEqual([]);
  expect(Object.keys(figures!).sort()).toEqual(['coverage', 'kidPix', 'kidRand', 'nearCopies']);
  expect(Object.values(figures!).every(Number.isFinite)).toBe(true);
  expect(figures!.kidPix).toBeGreaterThan(0);
  expect(await checks.measure(1e6)).toEqual(figures);
  expect(await trainer.checkpoint()).toEqual(before);
  await checks.dispose();
  await trainer.dispose();
}, 60_000);
