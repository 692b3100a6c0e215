import type { MergeSubject, SplitSide } from '../../workspace/index.ts';

export interface SettledSides {
  /** Side of every subject of the datasets; null where none was drawn yet. */
  readonly sides: ReadonlyMap<number, SplitSide | null>;
  /** People who are in several of the datasets. */
  readonly shared: number;
  /** People who were held out somewhere and are trained on now. */
  readonly moved: number;
}

/**
 * The split of merged datasets. Everybody stays on the side that they were on; who is on both, or shares a slice with
 * somebody on the other side, goes to training: held out may be only who was never seen.
 * @param linked pairs of subjects that have a slice in common
 */
export function settleSides(
  subjects: readonly MergeSubject[],
  linked: readonly (readonly [number, number])[],
): SettledSides {
  const groups = new Groups();
  const ofKey = new Map<string, number>();
  const datasetsOfKey = new Map<string, Set<number>>();
  for (const { id, key, dataset } of subjects) {
    const first = ofKey.get(key);
    if (first === undefined) ofKey.set(key, id);
    else groups.unite(first, id);
    datasetsOfKey.set(key, (datasetsOfKey.get(key) ?? new Set()).add(dataset));
  }
  for (const [a, b] of linked) groups.unite(a, b);
  const sideOf = new Map<number, SplitSide>();
  for (const { id, side } of subjects) {
    const group = groups.find(id);
    if (side !== null && sideOf.get(group) !== 'train') sideOf.set(group, side);
  }
  const sides = new Map(subjects.map(({ id }) => [id, sideOf.get(groups.find(id)) ?? null]));
  const moved = new Set(
    subjects.flatMap(({ id, key, side }) => (side === 'heldOut' && sides.get(id) === 'train' ? [key] : [])),
  );
  const shared = [...datasetsOfKey.values()].filter((datasets) => datasets.size > 1).length;
  return { sides, shared, moved: moved.size };
}

/** Disjoint sets of subjects. */
class Groups {
  private readonly parent = new Map<number, number>();

  find(id: number): number {
    let root = id;
    for (let up = this.parent.get(root); up !== undefined; up = this.parent.get(root)) root = up;
    if (root !== id) this.parent.set(id, root);
    return root;
  }

  unite(a: number, b: number): void {
    const [one, other] = [this.find(a), this.find(b)];
    if (one !== other) this.parent.set(other, one);
  }
}
