/**
 * Trains one preset, with changes, on a prepared image cache and shows how it goes: a sheet of 64 samples and a
 * line of figures at intervals. For choosing presets (docs/benchmarks.md), not a part of the product.
 *
 *   node scripts/trial.ts CACHE --size 64 --preset tiny --images 40000 --every 10000 --out DIR
 *        [--every-cpu 60] [--seed 1] [--threads 2] [--set generator.convs=2 --set batch=8 …]
 */
import { mkdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { encode } from 'fast-png';
import { createRunner } from '../src/engine/index.ts';
import { createConfig, createSampler, createTrainer, parseRunConfig } from '../src/gan/index.ts';
import { openCacheSource } from '../src/trainer/cache-source.ts';
import {
  kernelDistance,
  nearestDistance,
  pixelFeatures,
  randomFeatures,
  standardise,
  standardiser,
  varianceRatio,
} from './trial-figures.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    size: { type: 'string', default: '64' },
    preset: { type: 'string', default: 'tiny' },
    images: { type: 'string', default: '40000' },
    every: { type: 'string', default: '10000' },
    /** Seconds of CPU spent on steps between two looks, instead of images: for machines that others use, too. */
    'every-cpu': { type: 'string' },
    out: { type: 'string', default: '.' },
    seed: { type: 'string', default: '1' },
    threads: { type: 'string', default: '2' },
    set: { type: 'string', multiple: true, default: [] },
  },
});
const size = Number(values.size);
const seed = Number(values.seed);
const threads = Number(values.threads);
const total = Number(values.images);
const cache = positionals[0]!;
const count = statSync(cache).size / (2 * size * size);

const changed = structuredClone(createConfig({ preset: values.preset, size, seed })) as Record<
  string,
  unknown
>;
for (const change of values.set) {
  const [path = '', text = ''] = change.split(/=(.*)/s);
  const keys = path.split('.');
  let at = changed;
  for (const key of keys.slice(0, -1)) at = at[key] as Record<string, unknown>;
  try {
    at[keys.at(-1)!] = JSON.parse(text);
  } catch {
    at[keys.at(-1)!] = text;
  }
}
const config = parseRunConfig(changed);
mkdirSync(values.out, { recursive: true });

const factory = (spec: Parameters<typeof createRunner>[0]) => createRunner(spec, { device: 'cpu', threads });
const reals = openCacheSource(cache, { count, size }, seed).next(count).images;
const features = await randomFeatures(size, threads);
const realFeatures = [await features(reals), pixelFeatures(reals, size)];
const scales = realFeatures.map(standardiser);
const realStandard = realFeatures.map((rows, i) => standardise(rows, scales[i]!));

function sheet(images: Float32Array, columns: number): Uint8Array {
  const rows = images.length / (size * size) / columns;
  const data = new Uint8Array(columns * size * rows * size);
  for (let i = 0; i < columns * rows; i++) {
    for (let p = 0; p < size * size; p++) {
      const y = Math.floor(i / columns) * size + Math.floor(p / size);
      const x = (i % columns) * size + (p % size);
      data[y * columns * size + x] = Math.round(
        Math.min(255, Math.max(0, (images[i * size * size + p]! + 1) * 127.5)),
      );
    }
  }
  return encode({ width: columns * size, height: rows * size, data, channels: 1, depth: 8 });
}

const trainer = await createTrainer(config, openCacheSource(cache, { count, size }, seed), factory, {
  totalImages: total,
});
let sampler: Awaited<ReturnType<typeof createSampler>> | null = null;
let trainingMs = 0;
let cpuMicros = 0;
const sums = { lossD: 0, lossG: 0, scoreReal: 0, scoreFake: 0, steps: 0 };

async function evaluate(): Promise<void> {
  await sampler?.dispose();
  sampler = await createSampler(config, await trainer.emaWeights(), factory, trainer.images);
  const fakes = await sampler.generate(3, 0, 512);
  const fakeFeatures = [await features(fakes), pixelFeatures(fakes, size)];
  const kid = fakeFeatures.map((rows, i) => kernelDistance(standardise(rows, scales[i]!), realStandard[i]!));
  const variance = fakeFeatures.map((rows, i) => varianceRatio(rows, realFeatures[i]!));
  const nearest = nearestDistance(fakes.subarray(0, 128 * size * size), reals, size * size);
  const name = `${String(trainer.images).padStart(7, '0')}.png`;
  writeFileSync(join(values.out, name), sheet(fakes.subarray(0, 64 * size * size), 8));
  const round = (v: number) => Number(v.toPrecision(3));
  console.log(
    JSON.stringify({
      images: trainer.images,
      resolution: trainer.phase.size,
      cpuSeconds: round(cpuMicros / 1e6),
      imagesPerSecond: round((1000 * trainer.images) / trainingMs),
      cpuSecondsPerThousand: round(cpuMicros / 1000 / trainer.images),
      kidRandom: round(kid[0]!),
      kidPixels: round(kid[1]!),
      variance: variance.map(round),
      nearest: round(nearest),
      ...Object.fromEntries(
        Object.entries(sums).map(([k, v]) => [k, k === 'steps' ? trainer.steps : round(v / sums.steps)]),
      ),
      rssMiB: Math.round(process.resourceUsage().maxRSS / 1024),
    }),
  );
  Object.assign(sums, { lossD: 0, lossG: 0, scoreReal: 0, scoreFake: 0, steps: 0 });
}

writeFileSync(join(values.out, 'real.png'), sheet(reals.subarray(0, 64 * size * size), 8));
const everyCpu = values['every-cpu'];
/** Counts up at every look that is due. */
const looks = () =>
  everyCpu === undefined
    ? Math.floor(trainer.images / Number(values.every))
    : Math.floor(cpuMicros / 1e6 / Number(everyCpu));
if (process.env.TRIAL_START) await evaluate();
while (trainer.images < total) {
  const before = looks();
  const began = performance.now();
  const cpu = process.cpuUsage();
  const metrics = await trainer.step();
  const used = process.cpuUsage(cpu);
  trainingMs += performance.now() - began;
  cpuMicros += used.user + used.system;
  for (const key of ['lossD', 'lossG', 'scoreReal', 'scoreFake'] as const) sums[key] += metrics[key];
  sums.steps++;
  if (looks() > before || trainer.images >= total) await evaluate();
}
