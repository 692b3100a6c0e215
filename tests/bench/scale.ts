/**
 * Import of many slices: speed and peak memory as their number grows. Makes the files in a temporary folder (asks
 * the disk for room first), imports the first 10,000, 20,000 and all of them into fresh workspaces by processes of
 * their own, then all of them once more, which must add nothing.
 *
 *   node tests/bench/scale.ts [COUNT=50000] [--singles]
 *
 * --singles: small made slices, each of a patient of its own, instead of the MR set under new UIDs.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { importPaths } from '../../src/studio/import/index.ts';
import { Workspace } from '../../src/workspace/index.ts';
import { testData } from '../support/data.ts';
import { writeSingles, writeTwins } from './scaleFiles.ts';

const figuresSchema = z.object({
  added: z.number(),
  already: z.number(),
  subjects: z.number(),
  rejected: z.number(),
  seconds: z.number(),
  cpuSeconds: z.number(),
  rssMb: z.number(),
  /** Seconds after each 5,000 files. */
  marks: z.array(z.number()),
});

/** One import, in this process; the parent reads what it took. */
async function importOnce(workspace: string, folders: readonly string[]): Promise<void> {
  using ws = Workspace.openOrCreate(workspace);
  const before = process.cpuUsage();
  const marks: number[] = [];
  const result = await importPaths(
    ws,
    { paths: folders, dataset: 'scale' },
    {
      onProgress: ({ filesDone, elapsedMs }) => {
        if (filesDone % 5000 === 0) marks.push(Math.round(elapsedMs / 100) / 10);
      },
    },
  );
  const { user, system } = process.cpuUsage(before);
  const figures: z.infer<typeof figuresSchema> = {
    added: result.added,
    already: result.already,
    subjects: result.subjects,
    rejected: result.rejected.length,
    seconds: result.elapsedMs / 1000,
    cpuSeconds: (user + system) / 1e6,
    rssMb: process.resourceUsage().maxRSS / 1024,
    marks,
  };
  process.stdout.write(`${JSON.stringify(figures)}\n`);
}

function measure(label: string, workspace: string, folders: readonly string[]): void {
  const done = spawnSync(process.execPath, [import.meta.filename, '--once', workspace, ...folders], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
    maxBuffer: 1 << 26,
  });
  if (done.status !== 0) throw new Error(`The import failed with status ${done.status}.`);
  const f = figuresSchema.parse(JSON.parse(done.stdout.trim().split('\n').at(-1) ?? ''));
  const files = f.added + f.already;
  process.stdout.write(
    `${label}: ${f.added} added, ${f.already} there already, ${f.subjects} subjects, ${f.rejected} rejected; ` +
      `${f.seconds.toFixed(1)} s, ${(files / f.seconds).toFixed(0)} slices/s, ` +
      `${((1000 * f.cpuSeconds) / files).toFixed(2)} ms of processor time a slice, peak ${f.rssMb.toFixed(0)} MB; ` +
      `seconds after each 5,000: ${f.marks.join(' ')}\n`,
  );
}

function run(count: number, singles: boolean): void {
  const dir = mkdtempSync(join(tmpdir(), 'gantry-scale-'));
  try {
    if (singles) writeSingles(dir, count);
    else {
      if (testData === undefined) throw new Error('The MR set is missing.');
      writeTwins(join(testData, 'mri'), dir, count);
    }
    const folders = readdirSync(dir)
      .filter((name) => /^\d{3}$/.test(name))
      .sort()
      .map((name) => join(dir, name));
    process.stdout.write(`${count} files made\n`);
    const counts = [...new Set([10_000, 20_000, count].map((n) => Math.min(n, count)))];
    for (const n of counts) {
      const workspace = join(dir, `ws-${n}`);
      measure(`${n} slices`, workspace, folders.slice(0, Math.ceil(n / 1000)));
      if (n === count) measure('the same again', workspace, folders);
      rmSync(workspace, { recursive: true, force: true });
    }
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

const argv = process.argv.slice(2);
if (argv[0] === '--once') await importOnce(argv[1] ?? '', argv.slice(2));
else {
  const { values, positionals } = parseArgs({
    args: argv,
    allowPositionals: true,
    options: { singles: { type: 'boolean', default: false } },
  });
  run(Number(positionals[0] ?? 50_000), values.singles);
}
