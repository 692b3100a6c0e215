import { createHash } from 'node:crypto';
import { z } from 'zod';
import { type Answer, answerSchema, type PublicStudy, readerCodeSchema, type StudyKey } from './types.ts';

const hash = z.string().regex(/^[0-9a-f]{64}$/);

/** An answer, bound to all that came before it. */
export const entrySchema = z.strictObject({ answer: answerSchema, hash });
export type Entry = z.infer<typeof entrySchema>;

/** The file that comes back from a reader. */
export const answerFileSchema = z.strictObject({
  format: z.literal('gantry-answers'),
  version: z.literal(1),
  study: hash,
  reader: readerCodeSchema,
  entries: z.array(entrySchema).max(20_000),
});
export type AnswerFile = z.infer<typeof answerFileSchema>;

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** What a study is known by: the hash of all that a reader is given, the images' hash among it. */
export function studyHash(study: PublicStudy): string {
  return sha256(JSON.stringify(study));
}

/** Binds the truth before the first answer; the nonce keeps a reader from trying all keys. */
export function commitKey(key: Pick<StudyKey, 'nonce' | 'cases' | 'training'>): string {
  return sha256(JSON.stringify([key.nonce, key.cases, key.training]));
}

function link(before: string, { caseId, choice, confidence, elapsedMs }: Answer): string {
  return sha256(JSON.stringify([before, caseId, choice, confidence, elapsedMs]));
}

/** The hash that the first answer of a reader is chained to. */
export function chainStart(study: string, reader: string): string {
  return sha256(JSON.stringify(['gantry-answers', study, reader]));
}

/** Chains an answer to the last one. */
export function appendAnswer(before: string, answer: Answer): Entry {
  return { answer, hash: link(before, answer) };
}

/** Place of the first entry that does not follow from those before it; -1 when the chain is whole. */
export function brokenAt(study: string, reader: string, entries: readonly Entry[]): number {
  let before = chainStart(study, reader);
  for (const [i, entry] of entries.entries()) {
    if (link(before, entry.answer) !== entry.hash) return i;
    before = entry.hash;
  }
  return -1;
}

/**
 * Eight letters that stand for a whole chain. Whoever rewrites a file together with its hashes cannot keep
 * the code that the reader wrote down at the end.
 */
export function chainCode(study: string, reader: string, entries: readonly Entry[]): string {
  const last = entries.at(-1)?.hash ?? chainStart(study, reader);
  return `${last.slice(0, 4)}-${last.slice(4, 8)}`.toUpperCase();
}
