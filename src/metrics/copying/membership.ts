import { Random } from '../../base/random.ts';
import { mean, quantileOf, sorted } from '../arrays.ts';
import type { Estimate } from '../distances/kid.ts';

/** Distance of every real slice to the nearest synthetic one, and the subject that it is of. */
export interface Reached {
  readonly distance: ArrayLike<number>;
  readonly subjects: ArrayLike<number>;
}

export interface Membership {
  /**
   * Chance that a slice that was trained on lies nearer to the synthetic set than one that was not: 0.5 when the
   * set tells nothing of who was trained on. 95 % interval of a bootstrap over subjects.
   */
  readonly attack: Estimate;
  /**
   * The control: the same between training subjects and as many other training subjects, so 0.5 up to chance; the
   * interval holds 95 % of such splits. An attack within it says nothing.
   */
  readonly control: Estimate;
}

const replicates = 200;

/**
 * Area under the ROC curve of "smaller is positive": the chance that one of `positive` is smaller than one of
 * `negative`, ties half (Mann-Whitney U over the number of pairs).
 */
export function areaUnderCurve(positive: readonly number[], negative: readonly number[]): number {
  const others = sorted(negative);
  const below = (value: number, orEqual: boolean) => {
    let [low, high] = [0, others.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (others[middle]! < value || (orEqual && others[middle]! === value)) low = middle + 1;
      else high = middle;
    }
    return low;
  };
  let sum = 0;
  for (const value of positive) sum += others.length - (below(value, false) + below(value, true)) / 2;
  return sum / (positive.length * others.length);
}

function bySubject({ distance, subjects }: Reached): number[][] {
  const groups = new Map<number, number[]>();
  for (let i = 0; i < distance.length; i++) {
    const own = groups.get(subjects[i]!);
    if (own === undefined) groups.set(subjects[i]!, [distance[i]!]);
    else own.push(distance[i]!);
  }
  return [...groups.values()];
}

function intervalOf(value: number, draws: readonly number[]): Estimate {
  const ascending = sorted(draws);
  return { value, low: quantileOf(ascending, 0.025), high: quantileOf(ascending, 0.975) };
}

/**
 * Membership inference by distance to the nearest synthetic slice, with a control: on medical images a split of
 * members alone has reached as high a score as the attack, so a score without control is no evidence.
 * @returns undefined with fewer than four training subjects or two held-out ones
 */
export function membership(members: Reached, others: Reached, seed: number): Membership | undefined {
  const inside = bySubject(members);
  const outside = bySubject(others);
  if (inside.length < 4 || outside.length < 2) return undefined;
  const random = new Random(seed, 'membership');
  const redraw = (groups: readonly number[][]) => groups.flatMap(() => groups[random.int(groups.length)]!);
  const attacks: number[] = [];
  const controls: number[] = [];
  // As many subjects play the others as there are others, at most half of the members.
  const many = Math.min(outside.length, inside.length >> 1);
  for (let i = 0; i < replicates; i++) {
    attacks.push(areaUnderCurve(redraw(inside), redraw(outside)));
    const order = random.permutation(inside.length);
    const part = (from: number, to: number) => [...order.subarray(from, to)].flatMap((g) => inside[g]!);
    controls.push(areaUnderCurve(part(many, inside.length), part(0, many)));
  }
  return {
    attack: intervalOf(areaUnderCurve(inside.flat(), outside.flat()), attacks),
    control: intervalOf(mean(controls), controls),
  };
}
