import { type Images, imageAt, type Matrix, quantileOf, sorted } from '../arrays.ts';
import { nearestDistances } from '../distances/neighbours.ts';
import { Products } from '../products.ts';
import { type Alignment, align } from './align.ts';
import { coarse, type Flip, flipped, flips, prepare } from './prepare.ts';

/** Training slices that are taken from each coarse search for a close comparison. */
const candidates = 2;
/** Shifts of the query in the coarse searches: a coarse pixel is four pixels, so a step of two misses none. */
const offsets = [-2, 0, 2];

/** The training slice that a slice is likest, after the best flip and shift. */
export interface Match extends Alignment {
  /** Place among the training slices; -1 when there was none to compare with. */
  readonly index: number;
  readonly flip: Flip;
}

export interface MatchOptions {
  /** Subject of every query: training slices of the same subject are passed over. */
  readonly subjects?: ArrayLike<number> | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((done: number) => void) | undefined;
}

/**
 * Finds for any slice the training slice that it would be a copy of: mirrored, shifted by up to four pixels (of 64),
 * brightened or a little noisy. Candidates by coarse pictures, then the best correlation over flips and shifts.
 */
export class CopyMatcher {
  private readonly train: Images;
  private readonly subjects: ArrayLike<number>;
  private readonly coarse: Matrix;
  private readonly products: Products;

  private constructor(train: Images, subjects: ArrayLike<number>, products: Products) {
    this.train = train;
    this.subjects = subjects;
    this.coarse = coarse(this.train);
    this.products = products;
  }

  /** @param subjects of the training slices, any numbers */
  static create(train: Images, subjects: ArrayLike<number>): Promise<CopyMatcher> {
    return CopyMatcher.ofPrepared(prepare(train), subjects);
  }

  /** Of slices that `prepare` has been over, part by part where there are many. */
  static async ofPrepared(train: Images, subjects: ArrayLike<number>): Promise<CopyMatcher> {
    return new CopyMatcher(train, subjects, await Products.create(256));
  }

  match(queries: Images, options: MatchOptions = {}): Promise<Match[]> {
    return this.matchPrepared(prepare(queries), options);
  }

  async matchPrepared(queries: Images, options: MatchOptions = {}): Promise<Match[]> {
    const { signal } = options;
    const { size } = queries;
    const best: Match[] = Array.from({ length: queries.count }, () => ({
      index: -1,
      flip: 'none',
      distance: Number.POSITIVE_INFINITY,
      dx: 0,
      dy: 0,
    }));
    for (const [turn, flip] of flips.entries()) {
      const found = await this.candidates(queries, flip, options);
      for (let i = 0; i < queries.count; i++) {
        const query = flipped(imageAt(queries, i), size, flip);
        for (const candidate of found[i]!) {
          const alignment = align(query, imageAt(this.train, candidate), size);
          if (alignment.distance < best[i]!.distance) best[i] = { index: candidate, flip, ...alignment };
        }
        if (i % 64 === 63) {
          options.onProgress?.((turn * queries.count + i) / flips.length);
          await new Promise(setImmediate);
          signal?.throwIfAborted();
        }
      }
    }
    return best;
  }

  /** Training slices that a flip of each query resembles at any of the coarse shifts. */
  private async candidates(prepared: Images, flip: Flip, options: MatchOptions): Promise<Set<number>[]> {
    const { subjects, signal } = options;
    const groups = subjects === undefined ? {} : { groups: [subjects, this.subjects] as const };
    const found = Array.from({ length: prepared.count }, () => new Set<number>());
    for (const dy of offsets) {
      for (const dx of offsets) {
        const queries = coarse(prepared, flip, dx, dy);
        const { index } = await nearestDistances(this.products, queries, this.coarse, candidates, {
          signal,
          ...groups,
        });
        index.forEach((candidate, i) => {
          if (candidate >= 0) found[Math.floor(i / candidates)]!.add(candidate);
        });
      }
    }
    return found;
  }

  dispose(): Promise<void> {
    return this.products.dispose();
  }
}

/**
 * Distance below which a slice counts as a near-copy: what only a hundredth of the training slices reach against
 * the training slices of other subjects. No real slice of another person is a copy, so this is the rate of false
 * alarms that is allowed; what it is on held-out subjects is measured beside it.
 */
export function copyThreshold(otherSubjects: readonly Match[], falseAlarms = 0.01): number {
  const distances = otherSubjects.map(({ distance }) => distance).filter(Number.isFinite);
  return quantileOf(sorted(distances), falseAlarms);
}
