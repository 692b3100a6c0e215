import { GantryError } from '../../base/errors.ts';
import type { Vr } from './dictionary.ts';

/** Greatest length in characters of one value (PS3.5 table 6.2-1). */
const longest: Partial<Record<Vr, number>> = {
  CS: 16,
  DA: 8,
  DS: 16,
  DT: 26,
  IS: 12,
  LO: 64,
  LT: 10240,
  PN: 64,
  SH: 16,
  ST: 1024,
  TM: 14,
  UI: 64,
};

const shapes: Partial<Record<Vr, RegExp>> = {
  CS: /^[A-Z0-9 _]*$/,
  DA: /^(\d{8})?$/,
  DT: /^(\d{4,14}(\.\d{1,6})?([+-]\d{4})?)?$/,
  IS: /^([+-]?\d+)?$/,
  TM: /^(\d{2,6}(\.\d{1,6})?)?$/,
  UI: /^((0|[1-9]\d*)(\.(0|[1-9]\d*))*)?$/,
};

/** Values that may not hold a backslash because it separates several (ST and LT hold one value only). */
const splits = (vr: Vr): boolean => vr !== 'ST' && vr !== 'LT';

/**
 * A decimal string of at most 16 characters that is as near to `value` as such a string can be (PS3.5 6.2,
 * DS): 10 significant digits or more for every finite double of ordinary size.
 */
export function decimalString(value: number): string {
  if (!Number.isFinite(value)) throw new GantryError('NOT_FINITE', 'A DICOM decimal must be finite.');
  const plain = String(value);
  if (plain.length <= 16) return plain;
  let best = '';
  let bestError = Number.POSITIVE_INFINITY;
  for (let digits = 1; digits <= 16; digits++) {
    for (const text of [value.toPrecision(digits), value.toExponential(digits - 1)]) {
      const error = Math.abs(Number(text) - value);
      if (text.length <= 16 && error < bestError) {
        best = text;
        bestError = error;
      }
    }
  }
  return best;
}

function textOf(vr: Vr, value: string | number): string {
  if (typeof value === 'string') return value;
  return vr === 'DS' ? decimalString(value) : String(value);
}

/**
 * Text and number values as the bytes of an explicit-VR value field, UTF-8, padded to an even length (UI with
 * a null, the others with a space: PS3.5 6.2). BAD_CONFIG when a value breaks the rules of its VR: a file
 * that another program must repair is never written.
 */
export function encodeText(keyword: string, vr: Vr, value: string | number | readonly (string | number)[]) {
  const values = (Array.isArray(value) ? value : [value]).map((item: string | number) => textOf(vr, item));
  for (const text of values) {
    const limit = longest[vr] ?? 0;
    if ([...text].length > limit) {
      throw new GantryError(
        'BAD_CONFIG',
        `The value for ${keyword} is longer than ${limit} characters (${vr}).`,
      );
    }
    const shape = shapes[vr];
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
    const control = vr === 'ST' || vr === 'LT' ? /[\x00-\x08\x0b\x0e-\x1f]/ : /[\x00-\x1f]/;
    if ((shape && !shape.test(text)) || control.test(text) || (splits(vr) && text.includes('\\'))) {
      throw new GantryError('BAD_CONFIG', `The value for ${keyword} is not a valid ${vr}.`);
    }
  }
  const bytes = Buffer.from(values.join('\\'), 'utf8');
  if (bytes.length % 2 === 0) return bytes;
  return Buffer.concat([bytes, Buffer.from(vr === 'UI' ? '\0' : ' ')]);
}
