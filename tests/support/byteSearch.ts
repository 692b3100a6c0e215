import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';

const shortest = 6;

/** A text that was found, and where. */
export interface Found {
  readonly text: string;
  readonly where: string;
}

/** The 24-bit key of the six bytes at `at`. */
function keyAt(bytes: Uint8Array, at: number): number {
  const low = bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16);
  const high = bytes[at + 3]! | (bytes[at + 4]! << 8) | (bytes[at + 5]! << 16);
  return (Math.imul(low, 0x9e3779b1) ^ Math.imul(high, 0x85ebca6b)) >>> 8;
}

/**
 * Searches bytes for many texts at once, each in UTF-8, Latin-1, UTF-16 of both orders and in the raw bytes that
 * it came as. One pass over the bytes, whatever the number of texts.
 */
export class ByteSearch {
  private readonly marks = new Uint8Array(1 << 21);
  private readonly patterns = new Map<number, { bytes: Buffer; text: string }[]>();
  private readonly seen = new Set<string>();

  /** Texts shorter than six characters are left out. */
  add(text: string, raw?: Uint8Array): void {
    if ([...text].length < shortest) return;
    const latin1 = [...text].every((c) => c.charCodeAt(0) < 256) ? [Buffer.from(text, 'latin1')] : [];
    const wide = Buffer.from(text, 'utf16le');
    const given = raw === undefined ? [] : [Buffer.from(raw)];
    for (const bytes of [Buffer.from(text), ...latin1, wide, Buffer.from(wide).swap16(), ...given]) {
      if (bytes.length < shortest || this.seen.has(bytes.toString('latin1'))) continue;
      this.seen.add(bytes.toString('latin1'));
      const key = keyAt(bytes, 0);
      this.marks[key >> 3]! |= 1 << (key & 7);
      const list = this.patterns.get(key);
      if (list === undefined) this.patterns.set(key, [{ bytes, text }]);
      else list.push({ bytes, text });
    }
  }

  /** The texts that occur in these bytes. */
  in(bytes: Uint8Array): Set<string> {
    const found = new Set<string>();
    const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    for (let at = 0; at + shortest <= bytes.length; at++) {
      const key = keyAt(bytes, at);
      if ((this.marks[key >> 3]! & (1 << (key & 7))) === 0) continue;
      for (const { bytes: wanted, text } of this.patterns.get(key) ?? []) {
        if (buffer.compare(wanted, 0, wanted.length, at, Math.min(at + wanted.length, buffer.length)) === 0) {
          found.add(text);
        }
      }
    }
    return found;
  }

  /** Every file and file name below `dir`. */
  below(dir: string): Found[] {
    const found: Found[] = [];
    for (const name of readdirSync(dir, { recursive: true, encoding: 'utf8' })) {
      const path = join(dir, name);
      for (const text of this.in(Buffer.from(name))) found.push({ text, where: `the name ${name}` });
      if (!existsSync(path) || !statSync(path).isFile()) continue;
      for (const text of this.in(readFileSync(path))) found.push({ text, where: relative(dir, path) });
    }
    return found;
  }
}
