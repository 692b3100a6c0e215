import { createHash } from 'node:crypto';
import type { SplitSide } from '../workspace/index.ts';

export interface SplitSubject {
  /** Hash of the subject's content: the draw must not depend on a workspace's secret or on import order. */
  readonly contentHash: string;
  /** Side from an earlier import. */
  readonly side: SplitSide | null;
}

/** Below this many subjects none is held out by default: four heads must all be trained on. */
export const fewSubjects = 5;
const defaultHeldOut = 0.2;

function draw(seed: number, contentHash: string): string {
  return createHash('sha256').update(`split ${seed} ${contentHash}`).digest('hex');
}

/**
 * Sides for all subjects, in the given order. Subjects that have a side keep it; the new ones are drawn by the
 * seed so that the held-out share comes as near to `fraction` as it can. At least one subject is in train.
 * @param fraction 0 .. 1, or null for the default: none below five subjects, a fifth from there on
 */
export function splitSubjects(
  subjects: readonly SplitSubject[],
  seed: number,
  fraction: number | null,
): SplitSide[] {
  const wanted = heldOutCount(subjects.length, fraction);
  const held = subjects.filter(({ side }) => side === 'heldOut').length;
  const fresh = subjects
    .map((subject, index) => ({ index, side: subject.side, rank: draw(seed, subject.contentHash) }))
    .filter(({ side }) => side === null)
    .sort((a, b) => (a.rank < b.rank ? -1 : a.rank > b.rank ? 1 : a.index - b.index));
  const hasTrain = subjects.some(({ side }) => side === 'train');
  const room = hasTrain ? fresh.length : fresh.length - 1;
  const take = Math.min(Math.max(0, wanted - held), Math.max(0, room));
  const chosen = new Set(fresh.slice(0, take).map(({ index }) => index));
  return subjects.map(({ side }, index) => side ?? (chosen.has(index) ? 'heldOut' : 'train'));
}

/** How many of `subjects` are to be held out. */
function heldOutCount(subjects: number, fraction: number | null): number {
  if (fraction === null)
    return subjects < fewSubjects ? 0 : Math.max(1, Math.round(subjects * defaultHeldOut));
  if (fraction <= 0) return 0;
  return Math.min(subjects - 1, Math.max(1, Math.round(subjects * fraction)));
}
