import { inflateSync } from 'node:zlib';
import { GantryError } from '../../base/errors.ts';

/**
 * Inflates zlib data of which `needed` bytes are wanted. More than that is no error (encoders pad), but is not
 * inflated either.
 * @throws TRUNCATED, CORRUPT
 */
export function inflateExactly(data: Uint8Array, needed: number, what: string): Uint8Array {
  let out: Uint8Array;
  try {
    out = inflateSync(data, { maxOutputLength: needed + 65_536 });
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code;
    if (code === 'ERR_BUFFER_TOO_LARGE') {
      throw new GantryError('CORRUPT', `The ${what} data inflates to more than its header claims.`, {
        cause,
      });
    }
    if (code === 'Z_BUF_ERROR')
      throw new GantryError('TRUNCATED', `The ${what} data ends too early.`, { cause });
    throw new GantryError('CORRUPT', `The ${what} data is damaged.`, { cause });
  }
  if (out.length < needed) {
    throw new GantryError('TRUNCATED', `The ${what} data has ${out.length} of ${needed} bytes.`);
  }
  return out;
}
