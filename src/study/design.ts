import { Random } from '../base/random.ts';
import type { CaseKey, PublicCase, StudyKind, Truth } from './types.ts';

/** An image that may be shown. */
export interface Candidate {
  readonly truth: Truth;
  readonly subgroup: string;
  readonly source: string;
}

export interface DesignRequest {
  readonly kind: StudyKind;
  /** Cases that count; even for yes-no, half of them real. */
  readonly cases: number;
  /** Cases before them, with the answer shown. */
  readonly training: number;
  readonly seed: number;
}

export interface PlannedCase extends PublicCase {
  readonly key: CaseKey;
}

export interface StudyPlan {
  readonly training: readonly PlannedCase[];
  readonly cases: readonly PlannedCase[];
  /** Candidates by their place in the file of images. */
  readonly images: readonly number[];
}

/** Takes `count` things from groups in turn, so that the groups get equal shares as far as they reach. */
function balanced(groups: readonly (readonly number[])[], count: number): number[] {
  const taken: number[] = [];
  for (let round = 0; taken.length < count; round++) {
    const before = taken.length;
    for (const group of groups) {
      const next = group[round];
      if (next !== undefined && taken.length < count) taken.push(next);
    }
    if (taken.length === before) break;
  }
  return taken;
}

function shuffled<T>(list: readonly T[], random: Random): T[] {
  return [...random.permutation(list.length)].map((i) => list[i]!);
}

/**
 * Draws the cases of a study, by chance only: equal numbers of real and synthetic slices, spread evenly over
 * the subgroups, in an order and at places that tell nothing. A function of the candidates and the seed.
 *
 * @returns null when there are too few candidates of a kind
 */
export function planStudy(candidates: readonly Candidate[], request: DesignRequest): StudyPlan | null {
  const { kind, cases, training, seed } = request;
  const random = new Random(seed, 'study-design');
  const perCase = kind === 'yes-no' ? 0.5 : 1;
  const draw = (truth: Truth) => {
    const subgroups = [...new Set(candidates.map(({ subgroup }) => subgroup))].sort();
    const groups = shuffled(subgroups, random).map((subgroup) =>
      shuffled(
        candidates.flatMap((one, i) => (one.truth === truth && one.subgroup === subgroup ? [i] : [])),
        random,
      ),
    );
    return balanced(groups, Math.ceil((cases + training) * perCase));
  };
  const real = draw('real');
  const synthetic = draw('synthetic');
  const needed = Math.ceil((cases + training) * perCase);
  if (real.length < needed || synthetic.length < needed) return null;

  const inTraining = Math.ceil(training * perCase);
  const part = (from: number, to: number, count: number): number[][] => {
    if (kind === 'yes-no') {
      const both = [...real.slice(from, to), ...synthetic.slice(from, to)].slice(0, count);
      return shuffled(both, random).map((image) => [image]);
    }
    // A pair is of one subgroup where both were drawn alike; the synthetic one stands left in half of them.
    const flips = shuffled(
      Array.from({ length: to - from }, (_, i) => i % 2 === 0),
      random,
    );
    const pairs = real.slice(from, to).map((image, i) => {
      const pair = [image, synthetic[from + i]!];
      return flips[i] ? pair.reverse() : pair;
    });
    return shuffled(pairs, random);
  };
  const planned = [...part(0, inTraining, training), ...part(inTraining, needed, cases)];
  const ids = new Random(seed, 'study-case-names');
  const places = random.permutation(planned.flat().length);
  const images: number[] = new Array(places.length).fill(0);
  const names = new Set<string>();
  let at = 0;
  const all = planned.map((members): PlannedCase => {
    let id = '';
    do id = ids.uint32().toString(36).padStart(7, '0');
    while (names.has(id));
    names.add(id);
    const own = members.map((candidate) => {
      const place = places[at++]!;
      images[place] = candidate;
      return place;
    });
    const chosen = members.map((candidate) => candidates[candidate]!);
    const answer = kind === 'yes-no' ? chosen[0]!.truth : chosen[0]!.truth === 'synthetic' ? 'left' : 'right';
    const subgroup = chosen.find(({ truth }) => truth === 'synthetic')?.subgroup ?? chosen[0]!.subgroup;
    return {
      id,
      images: own,
      key: { id, answer, subgroup, sources: chosen.map(({ source }) => source) },
    };
  });
  return { training: all.slice(0, training), cases: all.slice(training), images };
}

/** The order in which a reader sees the cases: another for each, the same whenever it is asked for. */
export function readingOrder(orderSeed: number, reader: string, cases: number): number[] {
  return [...new Random(orderSeed, `study-order ${reader}`).permutation(cases)];
}
