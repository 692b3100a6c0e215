/**
 * Measures the peak memory of the trainer process for some presets on the processor and fits the model that
 * predictions use (src/studio/predict/memory.ts); writes both into resources/memory.json.
 *
 *   node scripts/memory.ts                        measures all cases (an hour on two cores, 5 GB of memory)
 *   node scripts/memory.ts tiny:64:2 balanced:64:4    measures these (preset:size:shards), keeps the other points
 *   node scripts/memory.ts --fit                  fits again to the points that are there
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cores } from '../src/base/runtime.ts';
import { createConfig } from '../src/gan/index.ts';
import { stepCost } from '../src/studio/predict/cost.ts';
import { lanesOf, type MemoryModel } from '../src/studio/predict/memory.ts';
import { forkTrainer } from '../src/studio/train/host.ts';

const file = join(import.meta.dirname, '../resources/memory.json');
const cases = ['tiny:32:2', 'tiny:64:2', 'tiny:64:1', 'preview:64:2', 'preview:128:2', 'balanced:64:4'];

interface Point {
  readonly preset: string;
  readonly size: number;
  readonly shards: number;
  /** Shards at once. */
  readonly lanes: number;
  /** Highest resident memory of the trainer process. */
  readonly peakBytes: number;
}

/** A few steps on noise, penalised ones among them; what the images are changes no memory. */
async function measure(preset: string, size: number, shards: number): Promise<Point> {
  const folder = mkdtempSync(join(tmpdir(), 'gantry-memory-'));
  const count = 64;
  try {
    const cacheFile = join(folder, 'noise.u16');
    writeFileSync(
      cacheFile,
      new Uint16Array(count * size * size).map((_, i) => (i * 40_503) % 65_536),
    );
    const config = createConfig({ preset, size, seed: 1, shards });
    const trainer = forkTrainer();
    let peakBytes = Number.NaN;
    trainer.onReport(
      (report) => {
        if (report.type === 'done') peakBytes = report.peakRssBytes;
        if (report.type === 'error') throw new Error(report.message);
      },
      (error) => {
        throw error;
      },
    );
    trainer.send({
      type: 'start',
      runDir: folder,
      cacheFile,
      count,
      size,
      config: JSON.parse(JSON.stringify(config)),
      device: 'cpu',
      threads: cores(),
      totalImages: config.batch * (2 * config.penalty.every + 1),
      minutes: null,
      resumeFrom: null,
      checkpointEveryImages: 1e9,
    });
    await trainer.exited;
    return { preset, size, shards, lanes: lanesOf({ shards }, cores()), peakBytes };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Least squares of the relative error over the four values of the model, none below zero. */
function fitted(points: readonly Point[]): MemoryModel {
  const rows = points.map(({ preset, size, shards, lanes, peakBytes }) => {
    const cost = stepCost(createConfig({ preset, size, seed: 1, shards }));
    return [1e8, (lanes - 1) * 1e8, lanes * cost.activationBytes, cost.stateBytes].map((v) => v / peakBytes);
  });
  // Coordinate descent: few values, and a value that would be negative stays at zero.
  const values = [2, 1, 1, 1];
  for (let round = 0; round < 20_000; round++) {
    for (let j = 0; j < values.length; j++) {
      let [above, below] = [0, 0];
      for (const row of rows) {
        const rest = 1 - row.reduce((sum, x, i) => (i === j ? sum : sum + x * values[i]!), 0);
        above += row[j]! * rest;
        below += row[j]! ** 2;
      }
      values[j] = below > 0 ? Math.max(0, above / below) : 0;
    }
  }
  const [base, lane, activation, state] = values.map((v) => Number(v.toPrecision(3)));
  return { baseBytes: base! * 1e8, laneBytes: lane! * 1e8, perActivation: activation!, perState: state! };
}

const { points: known } = JSON.parse(readFileSync(file, 'utf8')) as { points: Point[] };
const asked = process.argv.slice(2);
const points = [...known];
for (const one of asked.includes('--fit') ? [] : asked.length > 0 ? asked : cases) {
  const [preset = '', size, shards] = one.split(':');
  const point = await measure(preset, Number(size), Number(shards));
  const at = points.findIndex(
    (p) =>
      p.preset === preset && p.size === point.size && p.shards === point.shards && p.lanes === point.lanes,
  );
  if (at < 0) points.push(point);
  else points[at] = point;
  process.stdout.write(`${one}: ${(point.peakBytes / 1e6).toFixed(0)} MB\n`);
}
writeFileSync(file, `${JSON.stringify({ points, model: fitted(points) }, null, 2)}\n`);
