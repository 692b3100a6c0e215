import { normalCdf, twoSided } from './normal.ts';

/** A figure with its confidence interval. */
export interface Estimate {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/** A share: how many of how many, with its interval. */
export interface Share extends Estimate {
  readonly hits: number;
  readonly of: number;
}

/**
 * Wilson score interval of a proportion (Wilson 1927). It keeps its level near 0 and 1 and for small numbers,
 * where the plain normal interval does not.
 *
 * @param hits successes; may be fractional for an effective number of trials
 * @param of trials; with none the interval is 0 to 1 and the value is not a number
 */
export function wilson(hits: number, of: number, level = 0.95): Share {
  if (of <= 0) return { hits, of, value: Number.NaN, low: 0, high: 1 };
  const z = twoSided(level);
  const p = hits / of;
  const spread = 1 + (z * z) / of;
  const centre = (p + (z * z) / (2 * of)) / spread;
  const half = (z / spread) * Math.sqrt((p * (1 - p)) / of + (z * z) / (4 * of * of));
  return { hits, of, value: p, low: Math.max(0, centre - half), high: Math.min(1, centre + half) };
}

function logChoose(n: number, k: number): number {
  let sum = 0;
  const few = Math.min(k, n - k);
  for (let i = 1; i <= few; i++) sum += Math.log((n - few + i) / i);
  return sum;
}

/** P(X <= k) of a binomial. */
export function binomialCdf(k: number, n: number, p: number): number {
  if (k < 0) return 0;
  if (k >= n) return 1;
  const odds = Math.log(p / (1 - p));
  // From the larger end of the sum to the smaller would lose nothing either: all terms are positive.
  let sum = 0;
  let logTerm = logChoose(n, 0) + n * Math.log(1 - p);
  for (let i = 0; i <= k; i++) {
    sum += Math.exp(logTerm);
    logTerm += Math.log((n - i) / (i + 1)) + odds;
  }
  return Math.min(1, sum);
}

/** Outcome of two one-sided tests against chance. */
export interface Equivalence {
  /** Accuracies from 0.5 - margin to 0.5 + margin count as guessing. */
  readonly margin: number;
  readonly alpha: number;
  /** Larger of the two one-sided p values. */
  readonly p: number;
  /** Shown to be guessing within the margin. */
  readonly equivalent: boolean;
  /** p of the two-sided test of accuracy = 0.5. A large value shows nothing. */
  readonly differenceP: number;
  readonly different: boolean;
  /** The one sentence that may be said. */
  readonly conclusion: 'equivalent' | 'different' | 'different-but-within' | 'inconclusive';
}

function concluded(p: number, differenceP: number, margin: number, alpha: number): Equivalence {
  const equivalent = p < alpha;
  const different = differenceP < alpha;
  const conclusion = equivalent
    ? different
      ? 'different-but-within'
      : 'equivalent'
    : different
      ? 'different'
      : 'inconclusive';
  return { margin, alpha, p, equivalent, differenceP, different, conclusion };
}

/**
 * Equivalence of an accuracy to chance by two one-sided exact binomial tests (Schuirmann 1987): both
 * "accuracy <= 0.5 - margin" and "accuracy >= 0.5 + margin" must be refused. That a test against 0.5 is not
 * significant is no evidence for equivalence.
 *
 * @param of independent answers: those of one reader
 */
export function equivalenceToChance(hits: number, of: number, margin: number, alpha = 0.05): Equivalence {
  const notLower = 1 - binomialCdf(hits - 1, of, 0.5 - margin);
  const notHigher = binomialCdf(hits, of, 0.5 + margin);
  const fewer = Math.min(hits, of - hits);
  const differenceP = of === 0 ? 1 : Math.min(1, 2 * binomialCdf(fewer, of, 0.5));
  return concluded(of === 0 ? 1 : Math.max(notLower, notHigher), differenceP, margin, alpha);
}

/**
 * The same by score tests, for an effective number of answers that need not be whole: readers who judge the
 * same cases are not independent.
 */
export function equivalenceByScore(
  value: number,
  effective: number,
  margin: number,
  alpha = 0.05,
): Equivalence {
  if (!(effective > 0)) return concluded(1, 1, margin, alpha);
  const score = (p0: number) => (value - p0) / Math.sqrt((p0 * (1 - p0)) / effective);
  const notLower = 1 - normalCdf(score(0.5 - margin));
  const notHigher = normalCdf(score(0.5 + margin));
  const differenceP = 2 * normalCdf(-Math.abs(score(0.5)));
  return concluded(Math.max(notLower, notHigher), differenceP, margin, alpha);
}

/**
 * How many independent answers the answers of several readers to the same cases are worth: N over the design
 * effect, which compares the variance between cases with that of independent answers (Kish 1965).
 *
 * @param byCase right answers and answers of every case; at least 2 cases
 */
export function effectiveAnswers(byCase: readonly { readonly hits: number; readonly of: number }[]): number {
  const answered = byCase.filter(({ of }) => of > 0);
  const total = answered.reduce((sum, { of }) => sum + of, 0);
  const cases = answered.length;
  if (cases < 2) return cases;
  const p = answered.reduce((sum, { hits }) => sum + hits, 0) / total;
  const independent = (p * (1 - p)) / total;
  if (independent === 0) return cases;
  // Ratio estimate over clusters: residuals of a cluster add up before they are squared.
  const squares = answered.reduce((sum, { hits, of }) => sum + (hits - p * of) ** 2, 0);
  const clustered = ((cases / (cases - 1)) * squares) / total ** 2;
  return total / Math.max(1, clustered / independent);
}
