import { GantryError } from '../../src/base/errors.ts';
import { Random } from '../../src/base/random.ts';
import { inspectImage, readImage } from '../../src/imaging/index.ts';
import { mutate } from './mutate.ts';
import { type Seed, seeds } from './seeds.ts';

export interface FuzzProgress {
  done: number;
  /** Slices that were read all the same. */
  slices: number;
  /** Coded errors by code. */
  errors: Record<string, number>;
  failures: { index: number; what: string }[];
}

export const emptyProgress = (): FuzzProgress => ({ done: 0, slices: 0, errors: {}, failures: [] });

const MAX_MILLISECONDS = 5_000;
const MAX_BYTES = 2 ** 30;

let corpus: Seed[] | undefined;

/** Input `index` of a seed. */
export function fuzzInput(seed: number, index: number): Seed {
  corpus ??= seeds();
  const random = new Random(seed, 'fuzz', index);
  const base = corpus[random.int(corpus.length)]!;
  const other = corpus[random.int(corpus.length)]!;
  return { name: base.name, bytes: mutate(base.bytes, other.bytes, random) };
}

/** "read", a coded error's code, or what went wrong. */
export async function runInput(
  name: string,
  bytes: Uint8Array,
): Promise<{ slices: number; code?: string; failure?: string }> {
  const cpu = process.cpuUsage();
  let slices = 0;
  let code: string | undefined;
  try {
    for await (const slice of readImage(bytes, name)) {
      if (slice.pixels.length !== slice.header.rows * slice.header.columns) {
        return { slices, failure: 'pixels do not fit the header' };
      }
      slices++;
    }
    await inspectImage(bytes, name);
  } catch (error) {
    if (!(error instanceof GantryError) || error.code === 'INTERNAL') {
      return { slices, failure: error instanceof Error ? (error.stack ?? error.message) : String(error) };
    }
    code = error.code;
  }
  // Time on the processor, because a busy machine stops a process for seconds.
  const { user, system } = process.cpuUsage(cpu);
  const milliseconds = (user + system) / 1000;
  if (milliseconds > MAX_MILLISECONDS) return { slices, failure: `takes ${milliseconds.toFixed(0)} ms` };
  const rss = process.memoryUsage.rss();
  if (rss > MAX_BYTES) return { slices, failure: `memory ${(rss / 1048576).toFixed(0)} MB` };
  return code === undefined ? { slices } : { slices, code };
}

export async function runIndex(seed: number, index: number, progress: FuzzProgress): Promise<void> {
  const { name, bytes } = fuzzInput(seed, index);
  const outcome = await runInput(name, bytes);
  progress.done++;
  progress.slices += outcome.slices;
  if (outcome.code !== undefined) progress.errors[outcome.code] = (progress.errors[outcome.code] ?? 0) + 1;
  if (outcome.failure !== undefined) progress.failures.push({ index, what: `${name}: ${outcome.failure}` });
}
