/**
 * `npm run bench:evaluate [-- --size 128 --count 5000]`: time and memory of an evaluation of 5,000 synthetic slices
 * against 5,000 real ones, on the hippocampus set of the test data. Once with an empty cache of features, once with
 * a full one, and how long a cancelled one takes to end. The "synthetic" slices are blends of two training slices
 * with noise: what they look like does not matter here.
 */
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, loadavg, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { encode } from 'fast-png';
import { Random } from '../../src/base/random.ts';
import { imageAt } from '../../src/metrics/index.ts';
import { evaluate } from '../../src/studio/evaluate/index.ts';
import { readReal } from '../../src/studio/evaluate/real.ts';
import { openForReading } from '../../src/studio/open.ts';
import { gantry, last } from '../support/cli.ts';

const { values: given } = parseArgs({
  options: {
    size: { type: 'string', default: '128' },
    count: { type: 'string', default: '5000' },
    /** Used by the bench itself: judge this folder and print what it took. */
    judge: { type: 'string' },
    cancelAt: { type: 'string' },
  },
});
const [size, count] = [Number(given.size), Number(given.count)];

/** One evaluation in a process of its own, so that its memory is its own. */
async function judge(folder: string): Promise<void> {
  using ws = openForReading(join(folder, 'workspace'));
  const began = performance.now();
  const seconds = () => (performance.now() - began) / 1000;
  const abort = new AbortController();
  let aborted = 0;
  let [stage, at] = ['', 0];
  const stages: Record<string, number> = {};
  let longestGap = 0;
  let told = 0;
  const request = {
    source: { dataset: 'hippocampus', folder: join(folder, 'synthetic'), size },
    seed: 1,
    outDir: join(folder, 'report'),
  };
  try {
    const { report } = await evaluate(ws, request, {
      signal: abort.signal,
      onProgress: (share, name) => {
        longestGap = Math.max(longestGap, seconds() - told);
        told = seconds();
        if (name !== stage) {
          if (stage !== '') stages[stage] = (stages[stage] ?? 0) + seconds() - at;
          [stage, at] = [name, seconds()];
        }
        if (given.cancelAt !== undefined && aborted === 0 && share >= Number(given.cancelAt)) {
          aborted = seconds();
          abort.abort();
        }
      },
    });
    const { user, system } = process.cpuUsage();
    print({
      seconds: Math.round(seconds()),
      processorSeconds: Math.round((user + system) / 1e6),
      peakMB: Math.round(process.resourceUsage().maxRSS / 1024),
      longestSilence: Number(longestGap.toFixed(1)),
      compared: report.settings.compared,
      searched: report.copying?.trainSearched,
      judged: report.copying?.judged,
      stages: Object.fromEntries(Object.entries(stages).map(([name, s]) => [name, Number(s.toFixed(1))])),
    });
  } catch (error) {
    if (aborted === 0) throw error;
    print({ cancelledAfter: Number((seconds() - aborted).toFixed(2)) });
  }
}

function print(figures: Record<string, unknown>): void {
  process.stdout.write(`${JSON.stringify(figures)}\n`);
}

async function prepare(folder: string): Promise<void> {
  const data = resolve(process.env.GANTRY_TEST_DATA ?? '../shared/data', 'nifti', 'hippocampus');
  const imported = await gantry(
    ...[
      'import',
      data,
      '--workspace',
      join(folder, 'workspace'),
      '--dataset',
      'hippocampus',
      '--plane',
      'axial',
    ],
  );
  if (last(imported).type !== 'done') throw new Error(imported.stdout + imported.stderr);
  using ws = openForReading(join(folder, 'workspace'));
  const train = await readReal(ws, 'hippocampus', 'train', { size, seed: 1 });
  await readReal(ws, 'hippocampus', 'heldOut', { size, seed: 1 });
  mkdirSync(join(folder, 'synthetic'));
  for (let i = 0; i < count; i++) {
    const random = new Random(1, 'blend', i);
    const [a, b] = [0, 1].map(() => imageAt(train.images, random.int(train.images.count)));
    const data = Uint16Array.from(a!, (v, p) => {
      const mixed = 0.6 * v + 0.4 * b![p]! + 0.03 * random.normal();
      return Math.round((Math.min(1, Math.max(-1, mixed)) + 1) * 32767.5);
    });
    const png = encode({ width: size, height: size, depth: 16, channels: 1, data }, { zlib: { level: 1 } });
    writeFileSync(join(folder, 'synthetic', `${String(i).padStart(5, '0')}.png`), png);
  }
}

function child(folder: string, ...more: string[]): Promise<void> {
  const args = [import.meta.filename, '--judge', folder, '--size', String(size), ...more];
  return new Promise((done, failed) => {
    spawn(process.execPath, args, { stdio: 'inherit' }).on('exit', (code) =>
      code === 0 ? done() : failed(new Error(`The evaluation ended with ${code}.`)),
    );
  });
}

if (given.judge !== undefined) await judge(given.judge);
else {
  const folder = mkdtempSync(join(tmpdir(), 'gantry-bench-evaluate-'));
  try {
    await prepare(folder);
    process.stdout.write(
      `${count} synthetic slices of ${size} px, ${availableParallelism()} cores (${cpus()[0]?.model ?? 'unknown'}), load ${loadavg()[0]?.toFixed(1)}\n`,
    );
    process.stdout.write('features not cached: ');
    await child(folder);
    const before = JSON.parse(readFileSync(join(folder, 'report', 'report.json'), 'utf8'));
    process.stdout.write('features cached:     ');
    await child(folder);
    const after = JSON.parse(readFileSync(join(folder, 'report', 'report.json'), 'utf8'));
    const same = JSON.stringify({ ...before, createdAt: '' }) === JSON.stringify({ ...after, createdAt: '' });
    process.stdout.write(`same numbers again: ${same}\n`);
    for (const at of ['0.3', '0.75']) {
      process.stdout.write(`cancelled at ${at}:   `);
      await child(folder, '--cancelAt', at);
    }
    process.stdout.write(
      `features kept: ${readdirSync(join(folder, 'workspace', 'cache', 'features')).length} files\n`,
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
