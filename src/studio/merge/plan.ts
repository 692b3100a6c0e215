import { setImmediate } from 'node:timers/promises';
import { GantryError, throwIfCancelled } from '../../base/errors.ts';
import type {
  DatasetRecord,
  MergeSubject,
  SharedSlice,
  SliceOpinion,
  SplitSide,
  Workspace,
} from '../../workspace/index.ts';
import { settleSides } from './sides.ts';

/** Slices between two looks at whether somebody else wants to work. */
const perTurn = 2000;

/** What merging datasets will do, before anything is written. */
export interface MergePlan {
  readonly sources: readonly DatasetRecord[];
  /** Slices of later datasets that an earlier one has, and those that stand for them there. */
  readonly joined: ReadonlyMap<number, number>;
  /** Slices of later datasets whose identifier an earlier one has with other pixels; they are left out. */
  readonly leftOut: ReadonlySet<number>;
  /** What the datasets together say of the slices that stand for others. */
  readonly opinions: ReadonlyMap<number, SliceOpinion>;
  readonly sides: ReadonlyMap<number, SplitSide | null>;
  readonly figures: MergeFigures;
}

export interface MergeFigures {
  /** Slices, subjects and series of the new dataset. */
  readonly slices: number;
  readonly subjects: number;
  /** Slices that are in several of the datasets and will be kept once. */
  readonly joined: number;
  /** Slices that have one identifier and different pixels; the first dataset's stays. */
  readonly conflicts: number;
  /** People who are in several of the datasets. */
  readonly sharedSubjects: number;
  /** Held-out subjects that another dataset trains on; they go to the training side. */
  readonly movedSubjects: number;
  /** Labels that two datasets give different values, with the slices concerned; the first dataset's value stays. */
  readonly labelConflicts: readonly { readonly name: string; readonly slices: number }[];
  /** Stable codes. */
  readonly warnings: readonly MergeWarning[];
}

export type MergeWarning =
  | 'merge-modalities'
  | 'merge-planes'
  | 'merge-subject-rules'
  | 'merge-same-names'
  | 'merge-moved-subjects'
  | 'merge-conflicts'
  | 'merge-label-conflicts';

/** @throws USAGE for fewer than two different datasets, NOT_FOUND */
export function sourcesOf(ws: Workspace, names: readonly string[]): DatasetRecord[] {
  if (new Set(names).size !== names.length || names.length < 2) {
    throw new GantryError('USAGE', 'Name two or more different datasets to merge.');
  }
  return names.map((name) => ws.dataset(name));
}

/** Two opinions of one slice: labels are united, and a hand that set it aside counts most. */
function unite(first: SliceOpinion, second: SliceOpinion): SliceOpinion {
  const labels = { ...second.labels, ...first.labels };
  const excluded = [first, second].find(({ state }) => state === 'excluded');
  const chosen = excluded ?? [first, second].find((one) => one.chosen) ?? first;
  return { labels, state: chosen.state, chosen: chosen.chosen, reason: chosen.reason };
}

/** Gathers what datasets share. */
class Shares {
  readonly joined = new Map<number, number>();
  readonly leftOut = new Set<number>();
  readonly opinions = new Map<number, SliceOpinion>();
  /** Subjects of different keys that have a slice in common. */
  readonly linked: [number, number][] = [];
  /** Slices of each subject that the new dataset does not take from it. */
  readonly gone = new Map<number, number>();
  private readonly labelSlices = new Map<string, Set<number>>();
  private readonly ws: Workspace;

  constructor(ws: Workspace) {
    this.ws = ws;
  }

  add(shared: SharedSlice): void {
    const { slice } = shared;
    if (this.joined.has(slice) || this.leftOut.has(slice)) return;
    // What was left out itself stands for nothing.
    if (this.leftOut.has(shared.twin)) return;
    this.gone.set(shared.subject, (this.gone.get(shared.subject) ?? 0) + 1);
    if (!shared.sameContent) {
      this.leftOut.add(slice);
      return;
    }
    const twin = this.joined.get(shared.twin) ?? shared.twin;
    this.joined.set(slice, twin);
    this.linked.push([shared.subject, shared.twinSubject]);
    const before = this.opinions.get(twin) ?? this.ws.sliceOpinion(twin);
    const { labels, state, chosen, reason } = shared;
    for (const [name, value] of Object.entries(labels ?? {})) {
      if (before.labels[name] === undefined || before.labels[name] === value) continue;
      const slices = this.labelSlices.get(name) ?? new Set();
      this.labelSlices.set(name, slices.add(twin));
    }
    this.opinions.set(twin, unite(before, { labels: labels ?? {}, state, chosen, reason }));
  }

  labelConflicts(): MergeFigures['labelConflicts'] {
    return [...this.labelSlices]
      .map(([name, slices]) => ({ name, slices: slices.size }))
      .sort((a, b) => (a.name < b.name ? -1 : 1));
  }
}

/** Different people of whom a slice is left. */
function people(subjects: readonly MergeSubject[], gone: ReadonlyMap<number, number>): number {
  return new Set(subjects.flatMap(({ id, key, slices }) => (slices > (gone.get(id) ?? 0) ? [key] : []))).size;
}

const differ = (sets: readonly (readonly string[])[]) =>
  new Set(sets.filter((set) => set.length > 0).map((set) => set.join())).size > 1;

/**
 * Works out what merging datasets does; writes nothing. The order counts: what an earlier dataset says of a slice or a
 * person that they share stands.
 * @throws USAGE (fewer than two, or one twice), NOT_FOUND, CANCELLED
 */
export async function planMerge(
  ws: Workspace,
  names: readonly string[],
  signal?: AbortSignal,
): Promise<MergePlan> {
  const sources = sourcesOf(ws, names);
  const shares = new Shares(ws);
  let seen = 0;
  for (const [i, name] of names.entries()) {
    for (const earlier of names.slice(0, i)) {
      for (const shared of ws.eachSharedSlice(name, earlier)) {
        shares.add(shared);
        if (++seen % perTurn !== 0) continue;
        await setImmediate();
        throwIfCancelled(signal);
      }
    }
  }
  const subjects = names.flatMap((name) => ws.mergeSubjects(name));
  const { sides, shared, moved } = settleSides(subjects, shares.linked);
  const { joined, leftOut, opinions } = shares;
  const labelConflicts = shares.labelConflicts();
  const rules = new Set(sources.map(({ subjectFrom }) => subjectFrom));
  const warnings: [MergeWarning, boolean][] = [
    ['merge-modalities', differ(sources.map(({ modalities }) => modalities))],
    ['merge-planes', differ(sources.map(({ planes }) => planes))],
    ['merge-subject-rules', rules.size > 1],
    ['merge-same-names', rules.size === 1 && !rules.has('identity') && shared > 0],
    ['merge-moved-subjects', moved > 0],
    ['merge-conflicts', leftOut.size > 0],
    ['merge-label-conflicts', labelConflicts.length > 0],
  ];
  const total = sources.reduce((sum, source) => sum + source.total, 0);
  return {
    sources,
    joined,
    leftOut,
    opinions,
    sides,
    figures: {
      slices: total - joined.size - leftOut.size,
      subjects: people(subjects, shares.gone),
      joined: joined.size,
      conflicts: leftOut.size,
      sharedSubjects: shared,
      movedSubjects: moved,
      labelConflicts,
      warnings: warnings.flatMap(([code, applies]) => (applies ? [code] : [])),
    },
  };
}
