import type { Matrix } from './arrays.ts';
import { nearestDistances } from './distances/neighbours.ts';
import type { Products } from './products.ts';

/** How much of every real slice's neighbourhood a set reaches. */
export interface Reach {
  /** 1 where a slice of the set lies within the real slice's ball to its k-th real neighbour. */
  readonly covered: Uint8Array;
  /** Real slice that is nearest to each slice of the set. */
  readonly nearest: Int32Array;
  /** How far that is. */
  readonly distance: Float64Array;
}

export async function reachOf(
  products: Products,
  real: Matrix,
  set: Matrix,
  options: { readonly k?: number; readonly signal?: AbortSignal | undefined } = {},
): Promise<Reach> {
  const { k = 5, signal } = options;
  const radii = await nearestDistances(products, real, real, k, { signal });
  const toSet = await nearestDistances(products, real, set, 1, { signal });
  const toReal = await nearestDistances(products, set, real, 1, { signal });
  return {
    covered: Uint8Array.from(toSet.distances, (distance, i) =>
      distance < radii.distances[i * k + k - 1]! ? 1 : 0,
    ),
    nearest: toReal.index,
    distance: toReal.distances,
  };
}

export interface GroupFigures {
  readonly group: string;
  readonly real: number;
  /** Subjects that the real slices come from. */
  readonly subjects: number;
  /** Share of the group's real slices that are covered; 95 % interval of Wilson. */
  readonly coverage: number;
  readonly low: number;
  readonly high: number;
  readonly realShare: number;
  /** Share of the set's slices whose nearest real slice is of the group. */
  readonly setShare: number;
  /** Upper end of the share's 95 % interval. */
  readonly setShareHigh: number;
}

/** Wilson's 95 % interval of a share. */
export function wilson(hits: number, total: number): readonly [number, number] {
  if (total === 0) return [0, 1];
  const z = 1.959964;
  const p = hits / total;
  const centre = (p + (z * z) / (2 * total)) / (1 + (z * z) / total);
  const half = (z / (1 + (z * z) / total)) * Math.sqrt((p * (1 - p)) / total + (z * z) / (4 * total * total));
  return [Math.max(0, centre - half), Math.min(1, centre + half)];
}

/**
 * Coverage and shares by group of the real slices.
 * @param groups a name for each real slice; undefined = unknown
 * @param setGroups a name for each slice of the set; default: that of the nearest real slice
 */
export function figuresByGroup(
  reach: Reach,
  groups: readonly (string | undefined)[],
  subjects: readonly number[],
  setGroups: readonly (string | undefined)[] = Array.from(reach.nearest, (i) => groups[i]),
): GroupFigures[] {
  const names = [...new Set(groups)].filter((name) => name !== undefined).sort();
  const known = groups.filter((name) => name !== undefined).length;
  const placed = setGroups.filter((name) => name !== undefined);
  return names.map((group) => {
    const members = groups.flatMap((name, i) => (name === group ? [i] : []));
    const hits = members.filter((i) => reach.covered[i] === 1).length;
    const [low, high] = wilson(hits, members.length);
    const own = placed.filter((name) => name === group).length;
    return {
      group,
      real: members.length,
      subjects: new Set(members.map((i) => subjects[i])).size,
      coverage: hits / members.length,
      low,
      high,
      realShare: members.length / known,
      setShare: own / Math.max(1, placed.length),
      setShareHigh: wilson(own, placed.length)[1],
    };
  });
}
