import { createHash } from 'node:crypto';
import type { StoredPixels } from './types.ts';

const CHUNK = 8192;

/** Running minimum, maximum, mean and hash over the values of an image, in the form of the test manifests. */
export class ValueStatistics {
  private min = Number.POSITIVE_INFINITY;
  private max = Number.NEGATIVE_INFINITY;
  private sum = 0;
  private count = 0;
  private readonly hash = createHash('sha1');
  private readonly words = new Int32Array(CHUNK * 2);
  private readonly doubles = new Float64Array(this.words.buffer);
  private readonly raw = new Uint8Array(this.words.buffer);

  /** Adds values as stored; `slope` and `intercept` change the figures, not the hash. */
  add(values: StoredPixels, slope = 1, intercept = 0): void {
    const float = values instanceof Float32Array || values instanceof Float64Array;
    for (let from = 0; from < values.length; from += CHUNK) {
      const n = Math.min(CHUNK, values.length - from);
      for (let i = 0; i < n; i++) {
        const stored = values[from + i]!;
        const value = stored * slope + intercept;
        if (value < this.min) this.min = value;
        if (value > this.max) this.max = value;
        this.sum += value;
        if (float) this.doubles[i] = stored;
        else {
          this.words[i * 2] = stored;
          this.words[i * 2 + 1] = stored < 0 ? -1 : 0;
        }
      }
      this.hash.update(this.raw.subarray(0, n * 8));
    }
    this.count += values.length;
  }

  finish(): { min: number; max: number; mean: number; sha1_16: string } {
    return {
      min: this.min,
      max: this.max,
      mean: this.sum / this.count,
      sha1_16: this.hash.digest('hex').slice(0, 16),
    };
  }
}
