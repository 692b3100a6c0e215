import { createHmac, type KeyObject, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { GantryError } from '../base/errors.ts';
import { writeFileAtomic } from './atomic.ts';

const secretBytes = 32;
const secretFile = 'secret';

/**
 * HMAC-SHA256 of an identifier under the workspace's secret, cut to 128 bits. `use` separates the kinds of
 * identifier, so that equal strings of different meaning give unrelated keys.
 */
export function keyedHash(secret: Uint8Array | KeyObject, use: string, identifier: string): Buffer {
  return createHmac('sha256', secret).update(use).update('\0').update(identifier).digest().subarray(0, 16);
}

/** Makes the secret of a new workspace, readable by its owner only. */
export function createSecret(dir: string): Uint8Array {
  const secret = randomBytes(secretBytes);
  writeFileAtomic(join(dir, secretFile), secret, 0o600);
  return secret;
}

/** The secret, or undefined when the file is missing. */
export function readSecret(dir: string): Uint8Array | undefined {
  let secret: Buffer;
  try {
    secret = readFileSync(join(dir, secretFile));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new GantryError('UNREADABLE', "The workspace's secret may not be read.", { cause: error });
  }
  if (secret.byteLength !== secretBytes) {
    throw new GantryError('WORKSPACE_INVALID', "The workspace's secret is damaged.", {
      action: 'Restore the file "secret" of the workspace from a backup.',
    });
  }
  return secret;
}
