import { figuresByGroup, type Matrix, type Products, reachOf } from '../../metrics/index.ts';
import type { Workspace } from '../../workspace/index.ts';
import type { RealSet } from './real.ts';
import type { Subgroup } from './report.ts';

/** Groups of fewer slices or subjects are shown with a warning: their figures are chance. */
const fewSlices = 50;
const fewSubjects = 3;
/**
 * A group is a gap when its coverage is below this share both of what real slices of other people reach and of the
 * coverage of all groups: a set that covers nothing well has little variety, not gaps.
 */
const gapShare = 0.5;
export const gapWarning = 'gap: hardly any synthetic slice like these';
/** The synthetic share of a group is below half of its share of the real slices, beyond chance. */
export const rareWarning = 'rare: less than half as many as among the real slices';

type GroupOf = (string | undefined)[];

/** Names of the groups of every real slice, by property; properties with one group only are left out. */
export function groupings(ws: Workspace, dataset: string, { sliceIds }: RealSet): Map<string, GroupOf> {
  const series = new Map(ws.series(dataset).map((s) => [s.id, s]));
  const lengths = new Map<number, number>();
  const slices = new Map(ws.slices(dataset).map((slice) => [slice.id, slice]));
  for (const { series: id } of slices.values()) lengths.set(id, (lengths.get(id) ?? 0) + 1);
  const by = (name: (id: number) => string | undefined): GroupOf => sliceIds.map(name);
  const attribute = (key: 'manufacturer' | 'model' | 'sex' | 'ageBand' | 'laterality' | 'sequence') =>
    by((id) => series.get(slices.get(id)!.series)?.attributes[key]);
  const all = new Map<string, GroupOf>([
    [
      'slice position',
      by((id) => {
        const slice = slices.get(id)!;
        const place = slice.order / Math.max(1, lengths.get(slice.series)!);
        return place < 1 / 3 ? 'first third' : place < 2 / 3 ? 'middle third' : 'last third';
      }),
    ],
    ['manufacturer', attribute('manufacturer')],
    ['scanner model', attribute('model')],
    [
      'field strength',
      by((id) => {
        const tesla = series.get(slices.get(id)!.series)?.attributes.fieldStrengthT;
        return tesla === undefined ? undefined : `${tesla} T`;
      }),
    ],
    ['sequence', attribute('sequence')],
    ['sex', attribute('sex')],
    ['age', attribute('ageBand')],
    ['laterality', attribute('laterality')],
  ]);
  // Few series are worth a look one by one; hundreds are not.
  if (series.size <= 12)
    all.set(
      'series',
      by((id) => series.get(slices.get(id)!.series)?.label.slice(0, 8)),
    );
  return new Map([...all].filter(([, groups]) => new Set(groups.filter((g) => g !== undefined)).size > 1));
}

/** Coverage and shares of every group, of the synthetic set and of the floor. */
export async function judgeSubgroups(
  products: Products,
  {
    real,
    synthetic,
    floor,
  }: { readonly real: Matrix; readonly synthetic: Matrix; readonly floor: Matrix | undefined },
  subjects: readonly number[],
  groupings: ReadonlyMap<string, GroupOf>,
  signal?: AbortSignal,
): Promise<Subgroup[]> {
  if (groupings.size === 0) return [];
  const reach = await reachOf(products, real, synthetic, { signal });
  const floorReach = floor === undefined ? undefined : await reachOf(products, real, floor, { signal });
  const overall = reach.covered.reduce((sum, covered) => sum + covered, 0) / reach.covered.length;
  return [...groupings].flatMap(([by, groups]) => {
    const floors = floorReach === undefined ? undefined : figuresByGroup(floorReach, groups, subjects);
    return figuresByGroup(reach, groups, subjects).map((figures, i): Subgroup => {
      const floorCoverage = floors?.[i]?.coverage ?? null;
      const warnings = [
        ...(figures.high < gapShare * Math.min(floorCoverage ?? overall, overall) ? [gapWarning] : []),
        ...(figures.setShareHigh < figures.realShare / 2 ? [rareWarning] : []),
        ...(figures.real < fewSlices || figures.subjects < fewSubjects
          ? [
              `small group: ${figures.real} slices of ${figures.subjects} ${figures.subjects === 1 ? 'subject' : 'subjects'}`,
            ]
          : []),
      ];
      return {
        by,
        group: figures.group,
        real: figures.real,
        subjects: figures.subjects,
        coverage: { value: figures.coverage, low: figures.low, high: figures.high },
        floorCoverage,
        realShare: figures.realShare,
        syntheticShare: figures.setShare,
        ...(warnings.length === 0 ? {} : { warnings }),
      };
    });
  });
}
