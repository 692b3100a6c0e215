import { normalQuantile } from './normal.ts';

/** What a study is meant to show. */
export type StudyAim =
  /** That readers tell synthetic from real with this accuracy or better, 0.5 to 1. */
  | { readonly kind: 'detect'; readonly accuracy: number }
  /** That readers guess: accuracy within `margin` of one half. */
  | { readonly kind: 'equivalence'; readonly margin: number }
  /** Accuracy to plus or minus `halfWidth`. */
  | { readonly kind: 'estimate'; readonly halfWidth: number };

export interface SizeOptions {
  /** Two-sided for detect and estimate, one-sided twice for equivalence; default 0.05. */
  readonly alpha?: number;
  /** Default 0.8. */
  readonly power?: number;
  readonly readers?: number;
  /**
   * Correlation of two readers' rightness on the same case; default 0.1, as kappa was 0.10 to 0.14 in the
   * studies of Park 2021 and Jang 2023.
   */
  readonly correlation?: number;
}

export interface SizeAdvice {
  /** Independent answers that one reader would have to give. */
  readonly answers: number;
  /** Different cases, each read by every reader; half of them real. */
  readonly cases: number;
  readonly readers: number;
}

function answersFor(aim: StudyAim, alpha: number, power: number): number {
  const z = normalQuantile(1 - alpha / 2);
  if (aim.kind === 'estimate') return ((z * 0.5) / aim.halfWidth) ** 2;
  if (aim.kind === 'detect') {
    const spread = Math.sqrt(aim.accuracy * (1 - aim.accuracy));
    return ((z * 0.5 + normalQuantile(power) * spread) / (aim.accuracy - 0.5)) ** 2;
  }
  // Both one-sided tests must succeed when the truth is one half: each may fail with half of what is allowed.
  const both = normalQuantile(1 - alpha) + normalQuantile(1 - (1 - power) / 2);
  return ((both * 0.5) / aim.margin) ** 2;
}

/**
 * How many cases a study needs (normal approximation). Several readers of the same cases help less than their
 * number: each answer counts 1 / (1 + (readers - 1) correlation).
 */
export function studySize(aim: StudyAim, options: SizeOptions = {}): SizeAdvice {
  const { alpha = 0.05, power = 0.8, readers = 1, correlation = 0.1 } = options;
  const answers = answersFor(aim, alpha, power);
  const cases = (answers * (1 + (readers - 1) * correlation)) / readers;
  // Real and synthetic in equal numbers, so an even number of cases.
  return { answers: Math.ceil(answers), cases: 2 * Math.ceil(Math.ceil(cases) / 2), readers };
}
