import { GantryError } from '../../base/errors.ts';
import { conclusionOf, type PublicStudy, type StudyResults } from '../../study/index.ts';
import type { Estimate } from '../../study/proportion.ts';
import type { Workspace } from '../../workspace/index.ts';
import { Studies, type StudyListing } from './studies.ts';

interface Interval {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/** What a finished reader study of a run says, for its report and its model card. No reader is named. */
export interface ReaderStudy {
  /** Its number in the workspace. */
  readonly id: number;
  readonly name: string;
  readonly kind: PublicStudy['kind'];
  /** Day that it was begun. */
  readonly begun: string;
  readonly cases: number;
  /** Readers who have finished; only they are counted. */
  readonly readers: number;
  readonly unfinishedReaders: number;
  readonly answers: number;
  /** Answers of independent readers that these are worth; equal to `answers` for one reader. */
  readonly effectiveAnswers: number;
  /** With Wilson's 95 % interval. */
  readonly accuracy: Interval;
  /** Accuracies of the least and the most accurate reader. */
  readonly readerAccuracies: { readonly lowest: number; readonly highest: number };
  /** null for forced choice. */
  readonly sensitivity: Interval | null;
  readonly specificity: Interval | null;
  /** Area under the ROC curve; for forced choice the accuracy is that area, and null stands here. */
  readonly area: Interval | null;
  /** Fleiss' kappa; null with one reader. */
  readonly agreement: Interval | null;
  readonly margin: number;
  readonly equivalenceP: number;
  readonly differenceP: number;
  readonly conclusion: StudyResults['pooled']['equivalence']['conclusion'];
  /** The one sentence that may be said. */
  readonly said: string;
  /** Images that the judged network had seen; null for studies that did not keep it. */
  readonly imagesSeen: number | null;
}

export interface ReaderStudies {
  readonly studies: readonly ReaderStudy[];
  /** Studies and readers that are not counted, and why. */
  readonly limits: readonly string[];
}

const finite = (value: number) => Number.isFinite(value);

function interval(one: Estimate | null): Interval | null {
  if (one === null || !finite(one.value)) return null;
  return { value: one.value, low: one.low, high: one.high };
}

function readersWord(count: number): string {
  return count === 1 ? '1 reader' : `${count} readers`;
}

/**
 * The reader studies of a run whose truth is in this workspace, the oldest first: figures of the readers who
 * have finished. What is unfinished, or was changed, is said and not counted.
 */
export function readerStudiesOf(ws: Workspace, run: string): ReaderStudies {
  using all = new Studies(ws);
  const found: ReaderStudy[] = [];
  const limits: string[] = [];
  const listed = all.list((id) => limits.push(`Reader study ${id} is not counted: its record is damaged.`));
  for (const listing of listed.reverse()) {
    const open = all.get(listing.id);
    if (open.key?.run !== run) continue;
    const name = `Reader study "${listing.study.name}"`;
    const finished = listing.readers.filter(({ done, total }) => done === total).length;
    const unfinished = listing.readers.length - finished;
    if (finished === 0) {
      limits.push(`${name} is not counted: ${unread(listing)}.`);
      continue;
    }
    try {
      found.push(summary(all, listing, unfinished));
    } catch (error) {
      if (!(error instanceof GantryError) || error.code !== 'CORRUPT') throw error;
      limits.push(`${name} is not counted: answers were changed after they were given.`);
      continue;
    }
    if (unfinished > 0) {
      limits.push(
        `${name}: ${readersWord(unfinished)} ${unfinished === 1 ? 'has' : 'have'} not finished and ${unfinished === 1 ? 'is' : 'are'} not counted.`,
      );
    }
  }
  return { studies: found, limits };
}

function unread({ readers }: StudyListing): string {
  const furthest = readers.toSorted((a, b) => b.done - a.done)[0];
  return furthest === undefined
    ? 'nobody has read it'
    : `it is unfinished (${readersWord(readers.length)}, the furthest at ${furthest.done} of ${furthest.total})`;
}

function summary(all: Studies, { id, study }: StudyListing, unfinishedReaders: number): ReaderStudy {
  const { key, results } = all.results(id);
  const { pooled, readers, effectiveAnswers, agreement } = results;
  const accuracies = readers.map(({ accuracy }) => accuracy.value);
  const { margin, p, differenceP, conclusion } = pooled.equivalence;
  const { value, low, high } = pooled.accuracy;
  return {
    id,
    name: study.name,
    kind: study.kind,
    begun: study.createdAt.slice(0, 10),
    cases: study.cases.length,
    readers: readers.length,
    unfinishedReaders,
    answers: pooled.answers,
    effectiveAnswers,
    accuracy: { value, low, high },
    readerAccuracies: { lowest: Math.min(...accuracies), highest: Math.max(...accuracies) },
    sensitivity: interval(pooled.sensitivity),
    specificity: interval(pooled.specificity),
    area: interval(pooled.area),
    agreement: interval(agreement),
    margin,
    equivalenceP: p,
    differenceP,
    conclusion,
    said: conclusionOf(pooled),
    imagesSeen: key.imagesSeen ?? null,
  };
}
