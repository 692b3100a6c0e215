import { median, quantileOf, sorted } from './arrays.ts';

/** Distances of slices to their k-th nearest training slice in one feature space. */
export interface SpaceDistances {
  readonly synthetic: ArrayLike<number>;
  /** Of real slices of people who are not among the training slices. */
  readonly reference: ArrayLike<number>;
}

export interface Plausibility {
  /** A synthetic slice's distance over that of a typical real one, mean over the spaces: about 1 is plausible. */
  readonly scores: Float64Array;
  /** What a hundredth of the real slices exceed. */
  readonly limit: number;
  /** Share of the synthetic slices beyond the limit. */
  readonly implausible: number;
}

/** How far each slice lies from all that is real, so that broken anatomy sinks to the bottom of every list. */
export function plausibility(spaces: readonly SpaceDistances[]): Plausibility {
  const scores = (pick: (space: SpaceDistances) => ArrayLike<number>) => {
    const out = new Float64Array(pick(spaces[0]!).length);
    for (const space of spaces) {
      const typical = median(space.reference) || 1;
      const distances = pick(space);
      for (let i = 0; i < out.length; i++) out[i]! += distances[i]! / typical / spaces.length;
    }
    return out;
  };
  const synthetic = scores(({ synthetic }) => synthetic);
  const limit = quantileOf(sorted(scores(({ reference }) => reference)), 0.99);
  return {
    scores: synthetic,
    limit,
    implausible: synthetic.filter((score) => score > limit).length / synthetic.length,
  };
}
