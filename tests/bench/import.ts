/**
 * Import speed against a plain pydicom loop (`dcmread` + `pixel_array`, GDCM as its decoder) over the same files,
 * in turns, on the same machine. Gantry's time is that of the whole import: walking, worker start, decoding,
 * de-identification, storing, flushing, windows and split. Python's and Node's own start are left out of both.
 *
 *   npm run bench:import -- [FOLDER] [ROUNDS]
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { cores } from '../../src/base/runtime.ts';
import { importPaths } from '../../src/studio/import/index.ts';
import { Workspace } from '../../src/workspace/index.ts';
import { testData } from '../support/data.ts';

const pydicomLoop = `
import json, os, resource, sys, time
import pydicom
from pydicom import config
from pydicom.pixel_data_handlers import gdcm_handler, numpy_handler
config.pixel_data_handlers = [numpy_handler, gdcm_handler]
files = sorted(os.path.join(d, f) for d, _, names in os.walk(sys.argv[1]) for f in names if f.endswith('.dcm'))
start, cpu = time.perf_counter(), time.process_time()
for f in files:
    pydicom.dcmread(f).pixel_array
seconds, cpu = time.perf_counter() - start, time.process_time() - cpu
print(json.dumps({'slices': len(files), 'seconds': seconds, 'cpuSeconds': cpu,
  'rssMb': resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}))
`;

const figuresSchema = z.object({
  slices: z.number(),
  seconds: z.number(),
  /** Of all threads: on a busy machine this says more than the clock. */
  cpuSeconds: z.number(),
  rssMb: z.number(),
});
type Figures = z.infer<typeof figuresSchema>;

function figuresOf(command: string, args: readonly string[]): Figures {
  const done = spawnSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
  if (done.status !== 0) throw new Error(`${command} failed with status ${done.status}.`);
  return figuresSchema.parse(JSON.parse(done.stdout.trim().split('\n').at(-1) ?? ''));
}

/** One import into a fresh workspace, in this process; a child prints what it took. */
async function importOnce(folder: string): Promise<void> {
  const dir = mkdtempSync(join(tmpdir(), 'gantry-bench-'));
  try {
    using ws = Workspace.create(join(dir, 'ws'));
    const before = process.cpuUsage();
    const result = await importPaths(ws, { paths: [folder], dataset: 'bench' });
    const { user, system } = process.cpuUsage(before);
    const cpuSeconds = (user + system) / 1e6;
    const rssMb = process.resourceUsage().maxRSS / 1024;
    process.stdout.write(
      `${JSON.stringify({ slices: result.slices, seconds: result.elapsedMs / 1000, cpuSeconds, rssMb })}\n`,
    );
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (i: number) => sorted[i] ?? Number.NaN;
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? at(middle) : (at(middle - 1) + at(middle)) / 2;
}

function compare(folder: string, rounds: number): void {
  const python = existsSync('/usr/bin/python3') ? '/usr/bin/python3' : 'python3';
  process.stdout.write(`${cpus()[0]?.model ?? 'unknown processor'}, ${cores()} cores, ${folder}\n`);
  const rates: { pydicom: number[]; gantry: number[]; rssMb: number[] } = {
    pydicom: [],
    gantry: [],
    rssMb: [],
  };
  for (let round = 1; round <= rounds; round++) {
    const other = figuresOf(python, ['-c', pydicomLoop, folder]);
    const own = figuresOf(process.execPath, [import.meta.filename, '--once', folder]);
    if (own.slices !== other.slices) throw new Error(`${own.slices} slices against ${other.slices}.`);
    rates.pydicom.push(other.slices / other.seconds);
    rates.gantry.push(own.slices / own.seconds);
    rates.rssMb.push(own.rssMb);
    process.stdout.write(
      `round ${round}: pydicom ${(other.slices / other.seconds).toFixed(0)} slices/s, ` +
        `gantry ${(own.slices / own.seconds).toFixed(0)} slices/s (peak ${own.rssMb.toFixed(0)} MB), ` +
        `ratio ${(other.seconds / own.seconds).toFixed(2)}; processor time ${other.cpuSeconds.toFixed(1)} s ` +
        `and ${own.cpuSeconds.toFixed(1)} s; load ${loadavg()[0]?.toFixed(1)}\n`,
    );
  }
  const ratio = median(rates.gantry.map((rate, i) => rate / (rates.pydicom[i] ?? Number.NaN)));
  process.stdout.write(
    `median: pydicom ${median(rates.pydicom).toFixed(0)}, gantry ${median(rates.gantry).toFixed(0)} slices/s, ` +
      `ratio ${ratio.toFixed(2)}, peak memory ${Math.max(...rates.rssMb).toFixed(0)} MB\n`,
  );
}

const args = process.argv.slice(2);
if (args[0] === '--once') await importOnce(args[1] ?? '');
else {
  const folder = args[0] ?? (testData === undefined ? undefined : join(testData, 'mri'));
  if (folder === undefined) throw new Error('Name a folder of DICOM files.');
  compare(resolve(folder), Number(args[1] ?? 3));
}
