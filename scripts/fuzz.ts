/**
 * Generative fuzzing of the readers (DICOM, NIfTI, PNG, TIFF, JPEG, ZIP, DICOMDIR, tables of labels): input i of a seed is a function of (seed, i).
 *
 *   node scripts/fuzz.ts [COUNT=200000] [--seed 1] [--from 0]   run, with a log line every 10,000 inputs
 *   node scripts/fuzz.ts --one I [--seed 1]                     run input I alone and print what happens
 *
 * A failure is anything but slices or a coded error: another exception, more than 5 s, or more than 1 GB of
 * memory. Exit status 1 if there was one.
 */
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import { addProgress, emptyProgress, type FuzzProgress, fuzzInput, runInput } from './fuzzing/run.ts';
import { readerNames } from './fuzzing/seeds.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seed: { type: 'string', default: '1' },
    from: { type: 'string', default: '0' },
    one: { type: 'string' },
    workers: { type: 'string' },
  },
});
const seed = Number(values.seed);
/** Longer than the 5 s that an input may take, because a busy machine can stop a thread for a while. */
const HANG_MILLISECONDS = 60_000;

if (values.one === undefined) await runAll();
else {
  const input = fuzzInput(seed, Number(values.one));
  console.log(`${input.name}, ${input.bytes.length} bytes:`, await runInput(input));
}

async function runAll(): Promise<void> {
  const count = Number(positionals[0] ?? 200_000);
  const from = Number(values.from);
  const workers = Number(values.workers ?? Math.min(2, availableParallelism()));
  const share = Math.ceil(count / workers);
  const totals = emptyProgress();
  const start = performance.now();
  let logged = 0;
  const add = (part: FuzzProgress): void => {
    addProgress(totals, part);
    for (const failure of part.failures) console.log(`FAILURE input ${failure.index}: ${failure.what}`);
    if (totals.done - logged < 10_000 && totals.done < count) return;
    logged = totals.done;
    const seconds = ((performance.now() - start) / 1000).toFixed(0);
    const megabytes = (process.memoryUsage().rss / 1048576).toFixed(0);
    console.log(`${totals.done} inputs, ${seconds} s, ${megabytes} MB, ${totals.failures.length} failures`);
  };
  await Promise.all(
    Array.from({ length: workers }, (_, w) =>
      range(from + w * share, from + Math.min(count, (w + 1) * share), add),
    ),
  );
  console.log(`seed ${seed}, ${totals.done} inputs, ${totals.slices} read, coded errors:`, totals.errors);
  for (const name of readerNames) {
    const figures = totals.readers[name];
    if (figures === undefined) continue;
    const { inputs, read, longestMs } = figures;
    console.log(`${name}: ${inputs} inputs, ${read} read, longest ${longestMs.toFixed(0)} ms`);
  }
  console.log(
    `peak memory ${(process.resourceUsage().maxRSS / 1024).toFixed(0)} MB, ${totals.failures.length} failures`,
  );
  if (totals.failures.length > 0) process.exitCode = 1;
}

/** Runs inputs [from, to) in a worker; a worker that hangs on an input is replaced and goes on after it. */
async function range(from: number, to: number, add: (part: FuzzProgress) => void): Promise<void> {
  let next = from;
  while (next < to) {
    const current = new BigInt64Array(new SharedArrayBuffer(16));
    const worker = new Worker(new URL('./fuzzing/worker.ts', import.meta.url), {
      workerData: { seed, from: next, to, current },
    });
    worker.on('message', add);
    const end = await new Promise<string | undefined>((resolve, reject) => {
      const watch = setInterval(() => {
        const began = Number(Atomics.load(current, 1));
        if (began > 0 && Date.now() - began > HANG_MILLISECONDS) {
          resolve('hangs');
          void worker.terminate();
        }
      }, 500);
      worker.once('error', (error) => {
        clearInterval(watch);
        reject(error);
      });
      worker.once('exit', (code) => {
        clearInterval(watch);
        resolve(Number(Atomics.load(current, 0)) === to ? undefined : `ends the thread with ${code}`);
      });
    });
    if (end === undefined) return;
    const index = Number(Atomics.load(current, 0));
    add({ ...emptyProgress(), done: 1, failures: [{ index, what: end }] });
    next = index + 1;
  }
}
