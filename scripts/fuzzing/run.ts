import { GantryError } from '../../src/base/errors.ts';
import { Random } from '../../src/base/random.ts';
import { mutate, repairChunks } from './mutate.ts';
import { readers } from './readers.ts';
import { type ReaderName, readerNames, type Seed, seeds } from './seeds.ts';

export interface ReaderFigures {
  inputs: number;
  /** Inputs that were read all the same; the others gave coded errors or are failures. */
  read: number;
  /** Longest time on the processor, ms. */
  longestMs: number;
}

export interface FuzzProgress {
  done: number;
  /** Slices (files, rows) that were read all the same. */
  slices: number;
  /** Coded errors by code. */
  errors: Record<string, number>;
  readers: Partial<Record<ReaderName, ReaderFigures>>;
  failures: { index: number; what: string }[];
}

export const emptyProgress = (): FuzzProgress => ({
  done: 0,
  slices: 0,
  errors: {},
  readers: {},
  failures: [],
});

/** Adds the figures of one part to another's. */
export function addProgress(total: FuzzProgress, part: FuzzProgress): void {
  total.done += part.done;
  total.slices += part.slices;
  for (const [code, n] of Object.entries(part.errors)) total.errors[code] = (total.errors[code] ?? 0) + n;
  for (const name of readerNames) {
    const own = part.readers[name];
    if (own === undefined) continue;
    const sum = total.readers[name] ?? { inputs: 0, read: 0, longestMs: 0 };
    total.readers[name] = sum;
    sum.inputs += own.inputs;
    sum.read += own.read;
    sum.longestMs = Math.max(sum.longestMs, own.longestMs);
  }
  total.failures.push(...part.failures);
}

const MAX_MILLISECONDS = 5_000;
const MAX_BYTES = 2 ** 30;

/** Shares of the readers: DICOM has the most to get wrong. */
const shares: Readonly<Record<ReaderName, number>> = {
  dicom: 8,
  nifti: 3,
  png: 2,
  tiff: 2,
  jpeg: 2,
  zip: 1,
  dicomdir: 1,
  csv: 1,
};
const turns = readerNames.flatMap((name) => Array.from({ length: shares[name] }, () => name));

let corpus: Map<ReaderName, Seed[]> | undefined;

/** Input `index` of a seed. */
export function fuzzInput(seed: number, index: number): Seed {
  corpus ??= Map.groupBy(seeds(), ({ reader }) => reader);
  const random = new Random(seed, 'fuzz', index);
  const reader = turns[random.int(turns.length)]!;
  const own = corpus.get(reader)!;
  const base = own[random.int(own.length)]!;
  const other = own[random.int(own.length)]!;
  const bytes = mutate(base.bytes, other.bytes, random);
  // Behind a wrong checksum nothing else of a PNG is looked at.
  if (reader === 'png' && random.int(4) > 0) repairChunks(bytes);
  return { ...base, bytes };
}

/** "read", a coded error's code, or what went wrong. */
export async function runInput({ reader, name, bytes }: Seed): Promise<{
  slices: number;
  milliseconds: number;
  code?: string;
  failure?: string;
}> {
  const cpu = process.cpuUsage();
  let slices = 0;
  let code: string | undefined;
  try {
    slices = await readers[reader](bytes, name);
  } catch (error) {
    if (!(error instanceof GantryError) || error.code === 'INTERNAL') {
      const failure = error instanceof Error ? (error.stack ?? error.message) : String(error);
      return { slices, milliseconds: 0, failure };
    }
    code = error.code;
  }
  // Time on the processor, because a busy machine stops a process for seconds.
  const { user, system } = process.cpuUsage(cpu);
  const milliseconds = (user + system) / 1000;
  if (milliseconds > MAX_MILLISECONDS) {
    return { slices, milliseconds, failure: `takes ${milliseconds.toFixed(0)} ms` };
  }
  const rss = process.memoryUsage.rss();
  if (rss > MAX_BYTES) return { slices, milliseconds, failure: `memory ${(rss / 1048576).toFixed(0)} MB` };
  return code === undefined ? { slices, milliseconds } : { slices, milliseconds, code };
}

export async function runIndex(seed: number, index: number, progress: FuzzProgress): Promise<void> {
  const input = fuzzInput(seed, index);
  const { slices, milliseconds, code, failure } = await runInput(input);
  addProgress(progress, {
    done: 1,
    slices,
    errors: code === undefined ? {} : { [code]: 1 },
    readers: { [input.reader]: { inputs: 1, read: slices > 0 ? 1 : 0, longestMs: milliseconds } },
    failures: failure === undefined ? [] : [{ index, what: `${input.name}: ${failure}` }],
  });
}
