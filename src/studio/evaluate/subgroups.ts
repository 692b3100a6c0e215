import {
  chooseRows,
  figuresByGroup,
  type Images,
  kernelDistance,
  type Matrix,
  mannWhitneyZ,
  type Products,
  pairSimilarity,
  type Reach,
  reachOf,
} from '../../metrics/index.ts';
import { groupsOf } from './compare.ts';
import type { Grouping, GroupOf } from './groupings.ts';
import type { Subgroup } from './report.ts';

/** Groups of fewer slices or subjects are shown with a warning: their figures are chance. */
const fewSlices = 50;
const fewSubjects = 3;
/** Fewer on a side, and no distance between the sides is told. */
const fewestCompared = 20;
const similarityPairs = 40;
/**
 * A group is a gap when its coverage is below this share both of what real slices of other people reach and of the
 * coverage of all groups: a set that covers nothing well has little variety, not gaps.
 */
const gapShare = 0.5;
export const gapWarning = 'gap: hardly any synthetic slice like these';
/** The synthetic share of a group is below half of its share of the real slices, beyond chance. */
export const rareWarning = 'rare: less than half as many as among the real slices';
/** The group's distance is more than twice that of all slices, beyond chance. */
export const worseWarning = 'worse: twice as far from its real slices as the whole set';

/** Slices of one set with the features of some of them, in the space that coverage is told in. */
interface Side {
  readonly images: Images;
  /** Image of every row. */
  readonly chosen: readonly number[];
  readonly rows: Matrix;
}

export interface GroupInput {
  readonly products: Products;
  /** Subject and id of every row. */
  readonly real: Side & { readonly subjects: readonly number[]; readonly sliceIds: readonly number[] };
  /** `groups`: of a conditional run, the group that each slice was asked for, by the name of the grouping. */
  readonly synthetic: Side & { readonly groups: ReadonlyMap<string, GroupOf> };
  readonly floor: Pick<Side, 'rows'> | undefined;
  /** Training slices that near-copies are copies of. */
  readonly twins: readonly number[];
  readonly groupings: readonly Grouping[];
  readonly seed: number;
}

function membersOf(groups: readonly (string | undefined)[], group: string): number[] {
  return groups.flatMap((name, i) => (name === group ? [i] : []));
}

const placedBy = (reach: Reach, groups: GroupOf): GroupOf => Array.from(reach.nearest, (i) => groups[i]);

/** All figures of every group: of the synthetic set and, where there are other people's slices, of those. */
export async function judgeSubgroups(input: GroupInput, signal?: AbortSignal): Promise<Subgroup[]> {
  const { products, real, synthetic, floor, groupings, seed } = input;
  if (groupings.length === 0) return [];
  const reach = await reachOf(products, real.rows, synthetic.rows, { signal });
  const floorReach = floor && (await reachOf(products, real.rows, floor.rows, { signal }));
  const overall = reach.covered.reduce((sum, covered) => sum + covered, 0) / reach.covered.length;
  const kidOf = async (a: Matrix, b: Matrix, subjects?: readonly number[]) =>
    a.rows < fewestCompared || b.rows < fewestCompared
      ? null
      : kernelDistance(products, a, b, {
          seed,
          groupsA: subjects && groupsOf(subjects),
          signal,
        });
  const whole = await kidOf(real.rows, synthetic.rows, real.subjects);
  const out: Subgroup[] = [];
  for (const grouping of groupings) {
    const groups = grouping.groupOf(real.sliceIds);
    if (new Set(groups.filter((name) => name !== undefined)).size < 2) continue;
    const placed = synthetic.groups.get(grouping.by) ?? placedBy(reach, groups);
    const floorPlaced = floorReach && placedBy(floorReach, groups);
    const floors = floorReach && figuresByGroup(floorReach, groups, real.subjects);
    const twins = grouping.groupOf(input.twins);
    for (const [i, figures] of figuresByGroup(reach, groups, real.subjects, placed).entries()) {
      signal?.throwIfAborted();
      const members = membersOf(groups, figures.group);
      const own = membersOf(placed, figures.group);
      const others = floorPlaced === undefined ? [] : membersOf(floorPlaced, figures.group);
      const rows = chooseRows(real.rows, members);
      const subjects = members.map((m) => real.subjects[m]!);
      const kid = await kidOf(rows, chooseRows(synthetic.rows, own), subjects);
      const floorKid = floor && (await kidOf(rows, chooseRows(floor.rows, others), subjects));
      const distances = (of: Reach, slices: readonly number[]) => slices.map((s) => of.distance[s]!);
      const floorCoverage = floors?.[i]?.coverage ?? null;
      const isSmall = figures.real < fewSlices || figures.subjects < fewSubjects;
      const warnings = [
        ...(figures.high < gapShare * Math.min(floorCoverage ?? overall, overall) ? [gapWarning] : []),
        ...(figures.setShareHigh < figures.realShare / 2 ? [rareWarning] : []),
        ...(kid && whole && whole.value > 0 && kid.low > 2 * whole.value ? [worseWarning] : []),
        ...(isSmall
          ? [
              `small group: ${figures.real} slices of ${figures.subjects} ${figures.subjects === 1 ? 'subject' : 'subjects'}`,
            ]
          : []),
      ];
      out.push({
        by: grouping.by,
        group: figures.group,
        real: figures.real,
        subjects: figures.subjects,
        coverage: { value: figures.coverage, low: figures.low, high: figures.high },
        floorCoverage,
        realShare: figures.realShare,
        syntheticShare: figures.setShare,
        synthetic: own.length,
        kid,
        floorKid: floorKid?.value ?? null,
        msSsimGap: likenessGap(input, members, own),
        dataCopying:
          floorReach === undefined || own.length < fewestCompared || others.length < fewestCompared
            ? null
            : mannWhitneyZ(distances(reach, own), distances(floorReach, others)),
        nearCopies: membersOf(twins, figures.group).length,
        ...(warnings.length === 0 ? {} : { warnings }),
      });
      await new Promise(setImmediate);
    }
  }
  return out;
}

/** How much likelier the group's synthetic slices are each other than its real ones of different people. */
function likenessGap(
  { real, synthetic, seed }: GroupInput,
  members: readonly number[],
  own: readonly number[],
): number | null {
  const subjects = members.map((m) => real.subjects[m]!);
  if (own.length < fewestCompared || new Set(subjects).size < 2) return null;
  const people = new Map(members.map((m) => [real.chosen[m]!, real.subjects[m]!]));
  const groups = Int32Array.from({ length: real.images.count }, (_, i) => people.get(i) ?? -1);
  const drawn = (side: Side, rows: readonly number[]) => ({
    seed,
    pairs: similarityPairs,
    among: rows.map((row) => side.chosen[row]!),
  });
  return (
    pairSimilarity(synthetic.images, drawn(synthetic, own)) -
    pairSimilarity(real.images, { ...drawn(real, members), groups })
  );
}
