import { createHash } from 'node:crypto';

/**
 * A UID under 2.25 (PS3.5 annex B.2): the decimal form of a UUID whose bits come from SHA-256 of `parts`
 * (RFC 9562, version 8). Equal parts give equal UIDs, so that exporting the same slice of the same run twice
 * gives the same instance and an archive recognises it instead of keeping two; different parts never meet.
 */
export function derivedUid(...parts: readonly (string | number)[]): string {
  const digest = createHash('sha256').update(JSON.stringify(parts)).digest().subarray(0, 16);
  digest[6] = (digest[6]! & 0x0f) | 0x80;
  digest[8] = (digest[8]! & 0x3f) | 0x80;
  return `2.25.${BigInt(`0x${digest.toString('hex')}`)}`;
}
