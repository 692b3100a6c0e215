import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';

/**
 * Which checkpoint of a run made the best slices so far, by the figures that were taken of it: `best.json` beside
 * the checkpoints. It is kept however old it gets.
 */
const bestSchema = z.object({ name: z.string(), images: z.number().int(), score: z.number() });
export type Best = z.infer<typeof bestSchema>;

/** Slices that look copied more often than this (about 0.01 is chance) make a checkpoint no good. */
const MOST_NEAR_COPIES = 0.03;
/** Kernel distances below this are equal for the number of slices that are measured. */
const KID_FLOOR = 1e-3;

/** Lower is better: geometric mean of the kernel distances; null when they are missing or slices are copied. */
export function scoreOf(figures: Readonly<Record<string, number>>): number | null {
  const { kidRand, kidPix, nearCopies = 0 } = figures;
  if (kidRand === undefined || kidPix === undefined || nearCopies > MOST_NEAR_COPIES) return null;
  return Math.sqrt(Math.max(KID_FLOOR, kidRand) * Math.max(KID_FLOOR, kidPix));
}

const fileOf = (runDir: string) => join(runDir, 'checkpoints', 'best.json');

/** null when none was measured, or the note cannot be read: then the newest ones are all there is. */
export async function readBest(runDir: string): Promise<Best | null> {
  try {
    return bestSchema.parse(JSON.parse(await readFile(fileOf(runDir), 'utf8')));
  } catch {
    return null;
  }
}

/** Notes a measured checkpoint if it is the best one so far. @returns whether it is */
export async function noteBest(
  runDir: string,
  checkpoint: { readonly name: string; readonly images: number },
  figures: Readonly<Record<string, number>>,
): Promise<boolean> {
  const score = scoreOf(figures);
  const before = await readBest(runDir);
  if (score === null || (before !== null && before.score <= score && before.name !== checkpoint.name)) {
    return false;
  }
  const { name, images } = checkpoint;
  const file = fileOf(runDir);
  await writeFile(`${file}.tmp`, JSON.stringify({ name, images, score }));
  await rename(`${file}.tmp`, file);
  return true;
}
