import { GantryError } from '../base/errors.ts';
import type { Entry } from './chain.ts';
import { readingOrder } from './design.ts';
import type { Answer, PublicCase, PublicStudy } from './types.ts';

/** What a reader sees next. */
export type Step =
  | { readonly kind: 'case'; readonly training: boolean; readonly case: PublicCase }
  | { readonly kind: 'finished' };

export interface Progress {
  readonly step: Step;
  /** Answers given, training among them. */
  readonly done: number;
  readonly total: number;
  readonly training: number;
}

/** All cases in the order of one reader: training first, then the rest in the reader's own order. */
export function sequence(study: PublicStudy, reader: string): PublicCase[] {
  const order = readingOrder(study.orderSeed, reader, study.cases.length);
  return [...study.training.map(({ id, images }) => ({ id, images })), ...order.map((i) => study.cases[i]!)];
}

/** Where a reader stands. A function of the answers alone, so that a crash loses nothing but an open case. */
export function progressOf(study: PublicStudy, reader: string, entries: readonly Entry[]): Progress {
  const cases = sequence(study, reader);
  const next = cases[entries.length];
  const training = study.training.length;
  return {
    step:
      next === undefined
        ? { kind: 'finished' }
        : { kind: 'case', training: entries.length < training, case: next },
    done: entries.length,
    total: cases.length,
    training,
  };
}

/**
 * Checks that an answer is one to the case that is open. There is no way back: an answer stands.
 * @throws USAGE
 */
export function checkAnswer(
  study: PublicStudy,
  reader: string,
  entries: readonly Entry[],
  answer: Answer,
): void {
  const { step } = progressOf(study, reader, entries);
  if (step.kind === 'finished') {
    throw new GantryError('USAGE', 'All cases of the study were answered.', {
      action: 'Answers cannot be changed.',
    });
  }
  if (step.case.id !== answer.caseId) {
    throw new GantryError('USAGE', 'This is not the case that is open now.', {
      action: 'Reload the page; answers that were given stand.',
    });
  }
  const allowed = study.kind === 'yes-no' ? ['real', 'synthetic'] : ['left', 'right'];
  if (!allowed.includes(answer.choice)) {
    throw new GantryError('USAGE', `An answer to this study is one of: ${allowed.join(', ')}.`);
  }
}
