import { createHash } from 'node:crypto';
import { closeSync, openSync, readFileSync, readSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { z } from 'zod';
import { GantryError, throwIfCancelled, toGantryError } from '../base/errors.ts';
import { openAtomic, type SplitSide, type Workspace, writeFileAtomic } from '../workspace/index.ts';
import { finishImport } from './finalise.ts';
import { ImageMaker } from './images.ts';
import { hashDigits, tidyCaches, touchCache } from './tidy.ts';

/** Raise when the same slices would give other images, so that old caches are not taken for new ones. */
const imageVersion = 1;
const bufferBytes = 4 * 1024 * 1024;

const cacheInfoSchema = z.object({
  version: z.literal(imageVersion),
  count: z.number().int().positive(),
  size: z.number().int().positive(),
  /** Slice ids in the cache's order. */
  sliceIds: z.array(z.number().int()),
  datasetHash: z.string(),
  /** SHA-256 of the file. */
  hash: z.string(),
});

/** A file of `count` images: uint16 little-endian, [count, size, size], 0 = -1 and 65535 = +1. */
export interface ImageCache {
  readonly file: string;
  readonly count: number;
  readonly size: number;
  readonly sliceIds: readonly number[];
  readonly datasetHash: string;
  readonly hash: string;
}

/** Bytes that preparing these images would add to the disk; 0 where they are prepared. @throws NOT_FOUND */
export function missingCacheBytes(
  ws: Workspace,
  dataset: string,
  { size, side }: Pick<PrepareOptions, 'size' | 'side'>,
  count: number,
): number {
  return cached(fileOf(ws, ws.datasetHash(dataset), side, size)) === undefined ? count * size * size * 2 : 0;
}

const fileOf = (ws: Workspace, datasetHash: string, side: string, size: number) =>
  join(ws.cacheDir, `${datasetHash.slice(0, hashDigits)}-${side}-${size}.u16`);

export interface PrepareOptions {
  /** Side of the images, pixels. */
  readonly size: number;
  readonly side: SplitSide | 'all';
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

function cached(file: string): ImageCache | undefined {
  try {
    const info = cacheInfoSchema.parse(JSON.parse(readFileSync(`${file}.json`, 'utf8')));
    if (statSync(file).size !== info.count * info.size * info.size * 2) return undefined;
    return { file, ...info };
  } catch {
    // Missing, damaged or of another version: it is made again.
    return undefined;
  }
}

/**
 * Windowed, resampled images of a dataset's used slices as one file, in the dataset's order. Made once for a
 * state of the dataset and reused; memory does not grow with the dataset. Finishes an import that was cut off,
 * and removes caches that no dataset needs any more, if the workspace may be written.
 * @throws NOT_FOUND, DATASET_IN_USE (an import goes on), DATASET_TOO_SMALL (no slice), BAD_SIZE, CANCELLED, DISK_FULL
 */
export async function prepareCache(
  ws: Workspace,
  dataset: string,
  options: PrepareOptions,
): Promise<ImageCache> {
  const { size, side, signal } = options;
  if (!Number.isInteger(size) || size < 8 || size > 2048) {
    throw new GantryError('BAD_SIZE', `Images of ${size} pixels cannot be prepared; 8 to 2048 are possible.`);
  }
  // Until the file is whole, no import changes what it is made of, here or in another process.
  using _ = ws.lease(dataset, 'read');
  if (ws.canWrite) await finishImport(ws, dataset, { signal });
  const datasetHash = ws.datasetHash(dataset);
  const file = fileOf(ws, datasetHash, side, size);
  const known = cached(file);
  if (known !== undefined) {
    touchCache(file);
    return known;
  }
  const slices = ws.slices(dataset, { state: 'used', ...(side === 'all' ? {} : { side }) });
  if (slices.length === 0) {
    throw new GantryError(
      'DATASET_TOO_SMALL',
      `The dataset "${dataset}" has no usable slices on this side.`,
      {
        action: 'Import more, or bring back slices that were set aside.',
      },
    );
  }
  const maker = new ImageMaker(ws, dataset, size);
  const pixels = size * size;
  const perBuffer = Math.max(1, Math.floor(bufferBytes / (pixels * 2)));
  const buffer = new Uint16Array(perBuffer * pixels);
  const image = new Float32Array(pixels);
  const hash = createHash('sha256');
  try {
    const target = openAtomic(file);
    try {
      for (let done = 0; done < slices.length; done += perBuffer) {
        throwIfCancelled(signal);
        const some = slices.slice(done, done + perBuffer);
        some.forEach((slice, i) => {
          quantise(maker.image(slice, image), buffer, i * pixels);
        });
        const bytes = new Uint8Array(buffer.buffer, 0, some.length * pixels * 2);
        hash.update(bytes);
        target.write(bytes);
        options.onProgress?.(done + some.length, slices.length);
        await setImmediate();
      }
      target.commit();
    } finally {
      target.discard();
    }
    const info = {
      version: imageVersion,
      count: slices.length,
      size,
      sliceIds: slices.map(({ id }) => id),
      datasetHash,
      hash: hash.digest('hex'),
    } as const;
    writeFileAtomic(`${file}.json`, JSON.stringify(info));
    if (ws.canWrite) tidyCaches(ws);
    return { file, ...info };
  } catch (error) {
    throw toGantryError(error);
  }
}

function quantise(image: Float32Array, out: Uint16Array, at: number): void {
  for (let i = 0; i < image.length; i++) out[at + i] = Math.round((image[i]! + 1) * 32767.5);
}

/**
 * Images of a cache as float32 [n, size, size] in [-1, 1].
 * @param indices places in the cache, 0 .. count - 1; default all
 */
export function readCache(
  cache: Pick<ImageCache, 'file' | 'size' | 'count'>,
  indices: readonly number[] = Array.from({ length: cache.count }, (_, i) => i),
): Float32Array {
  const pixels = cache.size * cache.size;
  const out = new Float32Array(indices.length * pixels);
  const one = new Uint16Array(pixels);
  const bytes = new Uint8Array(one.buffer);
  const fd = openSync(cache.file, 'r');
  try {
    indices.forEach((index, n) => {
      let done = 0;
      while (done < bytes.byteLength) {
        const got = readSync(fd, bytes, done, bytes.byteLength - done, index * bytes.byteLength + done);
        if (got === 0)
          throw new GantryError('CORRUPT', 'The image cache ends too early.', { action: 'Delete it.' });
        done += got;
      }
      for (let i = 0; i < pixels; i++) out[n * pixels + i] = one[i]! / 32767.5 - 1;
    });
  } finally {
    closeSync(fd);
  }
  return out;
}
