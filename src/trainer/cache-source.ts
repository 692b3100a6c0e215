import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { z } from 'zod';
import { GantryError, toGantryError } from '../base/errors.ts';
import { Random } from '../base/random.ts';
import type { BatchSource } from '../gan/index.ts';

const stateSchema = z.object({ epoch: z.number().int().min(0), position: z.number().int().min(0) });

/** What a conditional run is told of each image of the cache. */
export interface SourceLabels {
  readonly columns: number;
  /** Encoded rows, float32 [count, columns]. */
  readonly rows: Float32Array;
  /** Group of every image, whose groups are to be shown equally often; null: every image once an epoch. */
  readonly balance: readonly number[] | null;
}

/**
 * An epoch in which every group comes equally often (as far as the count divides): the groups in turn, each going
 * through its own images in random order and from the start again when they are used up; then shuffled.
 */
function balancedOrder(groups: readonly number[], random: Random): Uint32Array {
  const members = [...Map.groupBy(groups.keys(), (i) => groups[i]!).values()];
  const orders = members.map((some) => [...random.permutation(some.length)].map((i) => some[i]!));
  const picks = groups.map((_, i) => {
    const order = orders[i % orders.length]!;
    return order[Math.floor(i / orders.length) % order.length]!;
  });
  return random.permutation(groups.length).map((i) => picks[i]!);
}

/**
 * Batches from a prepared cache file: `count` images of size x size, uint16 little-endian, 0 = -1, 65535 = +1.
 * Every image comes once an epoch, in an order drawn from (seed, epoch); a batch may span two epochs. Images are
 * read where they are needed, so a cache may be larger than memory.
 * @throws GantryError CORRUPT when the file has another length, UNREADABLE, NOT_FOUND
 */
export function openCacheSource(
  file: string,
  shape: { readonly count: number; readonly size: number },
  seed: number,
  labels: SourceLabels | null = null,
): Required<BatchSource> & { close(): void } {
  const { count, size } = shape;
  const pixels = size * size;
  const columns = labels?.columns ?? 0;
  let descriptor: number;
  try {
    descriptor = openSync(file, 'r');
  } catch (error) {
    throw toGantryError(error);
  }
  if (fstatSync(descriptor).size !== count * pixels * 2) {
    closeSync(descriptor);
    throw new GantryError('CORRUPT', `The image cache is not ${count} images of ${size} x ${size}.`, {
      action: 'Start the training again; the cache is then prepared anew.',
    });
  }
  const bytes = Buffer.alloc(pixels * 2);
  let epoch = 0;
  let position = 0;
  let order = orderOf(0);

  function orderOf(which: number): Uint32Array {
    const random = new Random(seed, 'order', which);
    return labels?.balance ? balancedOrder(labels.balance, random) : random.permutation(count);
  }

  function readImage(index: number, out: Float32Array): void {
    readSync(descriptor, bytes, 0, bytes.length, index * bytes.length);
    for (let i = 0; i < pixels; i++) out[i] = (bytes[2 * i]! | (bytes[2 * i + 1]! << 8)) / 32767.5 - 1;
  }

  return {
    size,
    count,
    labelColumns: columns,
    next(batch) {
      const images = new Float32Array(batch * pixels);
      const told = labels === null ? null : new Float32Array(batch * columns);
      for (let i = 0; i < batch; i++) {
        if (position === count) {
          epoch++;
          position = 0;
          order = orderOf(epoch);
        }
        const index = order[position++]!;
        readImage(index, images.subarray(i * pixels, (i + 1) * pixels));
        told?.set(labels!.rows.subarray(index * columns, (index + 1) * columns), i * columns);
      }
      return { images, labels: told };
    },
    reference(many) {
      const order = new Random(seed, 'reference').permutation(count);
      const images = new Float32Array(many * pixels);
      const told = labels === null ? null : new Float32Array(many * columns);
      for (let i = 0; i < many; i++) {
        const index = order[i % count]!;
        readImage(index, images.subarray(i * pixels, (i + 1) * pixels));
        told?.set(labels!.rows.subarray(index * columns, (index + 1) * columns), i * columns);
      }
      return { images, labels: told };
    },
    state: () => ({ epoch, position }),
    restore(state) {
      const parsed = stateSchema.safeParse(state);
      if (!parsed.success || parsed.data.position > count) {
        throw new GantryError('BAD_CHECKPOINT', "The checkpoint's place in the data cannot be read.");
      }
      ({ epoch, position } = parsed.data);
      order = orderOf(epoch);
    },
    close: () => closeSync(descriptor),
  };
}
