import { exactDuplicates, mostPairs, nearDuplicates } from '../duplicates.ts';
import { type Finding, finding, type Inventory } from './finding.ts';

function atLeast(pairs: number): string {
  return pairs >= mostPairs ? `${pairs} or more` : String(pairs);
}

/**
 * The same picture more than once, and worse: in two subjects, on both sides of the split. Of slices that repeat,
 * the first of the dataset's order stays; of a leak, the training side's.
 */
export function repeatFindings({ dataset, thumbnails }: Inventory): Finding[] {
  const subjectOf = new Map(thumbnails.map(({ slice, subject }) => [slice.id, subject]));
  const sideOf = new Map(thumbnails.map(({ slice, side }) => [slice.id, side]));
  const exact = exactDuplicates(thumbnails.map(({ slice }) => slice));
  const near = nearDuplicates(thumbnails).map(({ a, b }) => [a, b]);
  const subjects = (group: readonly number[]) => new Set(group.map((id) => subjectOf.get(id))).size;
  const sides = (group: readonly number[]) => new Set(group.map((id) => sideOf.get(id))).size;
  const leaks = exact.filter((group) => subjects(group) > 1);
  const nearLeaks = near.filter((pair) => subjects(pair) > 1);
  const across = [...leaks, ...nearLeaks];
  const findings: Finding[] = [];
  /** Of each group all but one subject: the training side's first. */
  const leaving = (groups: readonly (readonly number[])[]) =>
    groups.flatMap((group) => {
      const kept = group.find((id) => sideOf.get(id) === 'train') ?? group[0] ?? 0;
      return group.filter((id) => subjectOf.get(id) !== subjectOf.get(kept));
    });
  const split = across.filter((group) => sides(group) > 1);
  if (split.length > 0) {
    findings.push(
      finding(
        'duplicates-across-split',
        'problem',
        `${split.length} groups of identical or almost identical slices lie on both sides of the split. A test on held-out subjects then tests what was trained on.`,
        'Exclude them by the rule "leaks", or import again with --subject-from so that one person is one subject.',
        { slices: split.flat(), rule: 'leaks', excludes: leaving(split) },
      ),
    );
  }
  if (across.length > 0) {
    findings.push(
      finding(
        'duplicates-across-subjects',
        'problem',
        `${leaks.length} groups of identical and ${atLeast(nearLeaks.length)} pairs of almost identical slices belong to different subjects${dataset.heldOutSubjects === 0 ? '; nobody is held out yet, so they do not cross the split' : ''}.`,
        'The subjects may be one person under two identifiers: import with --subject-from, or exclude them by the rule "leaks".',
        { slices: across.flat(), rule: 'leaks', excludes: leaving(across) },
      ),
    );
  }
  const within = exact.filter((group) => subjects(group) === 1);
  if (within.length > 0) {
    const repeats = within.flatMap((group) => group.slice(1));
    findings.push(
      finding(
        'exact-duplicates',
        'warning',
        `${repeats.length} slices repeat another of the same subject exactly.`,
        'Exclude the repeats by the rule "duplicates": they count more than others in training.',
        { slices: repeats, rule: 'duplicates', excludes: repeats },
      ),
    );
  }
  const nearWithin = near.filter((pair) => subjects(pair) === 1);
  if (nearWithin.length > 0) {
    const later = nearWithin.map(([, b]) => b ?? 0);
    findings.push(
      finding(
        'near-duplicates',
        'note',
        `${atLeast(nearWithin.length)} pairs of slices of one subject, from different series, look almost the same.`,
        'Two exports of one acquisition? Then exclude the later ones by the rule "near-duplicates".',
        { slices: nearWithin.flat(), rule: 'near-duplicates', excludes: later },
      ),
    );
  }
  return findings;
}
