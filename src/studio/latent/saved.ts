import { readFileSync } from 'node:fs';
import { GantryError } from '../../base/errors.ts';
import { writeFileAtomic } from '../../workspace/index.ts';
import { type FoundLatent, foundLatentSchema } from './request.ts';

/** Keeps a latent as JSON. It can be turned back into the likeness of a real slice: for who may see the scans. */
export function writeLatent(file: string, latent: FoundLatent): void {
  writeFileAtomic(file, `${JSON.stringify(latent)}\n`);
}

/** @throws BAD_MODEL for a file that holds no latent of this version; NOT_FOUND, UNREADABLE */
export function readLatent(file: string): FoundLatent {
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  const latent = foundLatentSchema.safeParse(content);
  if (latent.success) return latent.data;
  throw new GantryError('BAD_MODEL', 'The file holds no latent of this version.', {
    action: 'Make one with: gantry latent project --save FILE',
  });
}
