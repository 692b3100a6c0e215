import type { Thumbnail } from '../duplicates.ts';
import { emptyFraction } from '../measure.ts';
import { type Finding, finding, type Inventory, median } from './finding.ts';

function meanOf({ image }: Thumbnail): number {
  let sum = 0;
  for (const value of image) sum += value;
  return sum / image.length;
}

/** Slices much brighter or darker than their neighbours: a robust z of the mean. */
function jumpingSlices(bySeries: Iterable<readonly Thumbnail[]>): number[] {
  const outliers: number[] = [];
  for (const group of bySeries) {
    if (group.length < 8) continue;
    const means = group.map(meanOf);
    // Anatomy changes the mean slowly along a volume; a fault changes it from one slice to the next.
    const jumps = means.map((mean, i) => mean - median(means.slice(Math.max(0, i - 2), i + 3)));
    const scale = Math.max(0.02, 1.4826 * median(jumps.map(Math.abs)));
    group.forEach(({ slice }, i) => {
      if (Math.abs(jumps[i]!) > 8 * scale) outliers.push(slice.id);
    });
  }
  return outliers;
}

/** Series whose mean picture is far from all others of the dataset: failed windows, inverted or empty scans. */
function strangeSeries(bySeries: ReadonlyMap<number, readonly Thumbnail[]>): readonly Thumbnail[][] {
  const groups = [...bySeries.values()].filter((group) => group.length >= 4);
  if (groups.length < 8) return [];
  const means = groups.map((group) => median(group.map(meanOf)));
  const middle = median(means);
  const scale = Math.max(0.05, 1.4826 * median(means.map((mean) => Math.abs(mean - middle))));
  return groups.filter((_, i) => Math.abs(means[i]! - middle) > 6 * scale).map((group) => [...group]);
}

export function intensityFindings({ thumbnails, series }: Inventory): Finding[] {
  const bySeries = Map.groupBy(thumbnails, ({ slice }) => slice.series);
  const findings: Finding[] = [];
  const jumping = jumpingSlices(bySeries.values());
  if (jumping.length > 0) {
    findings.push(
      finding(
        'intensity-outliers',
        'warning',
        `${jumping.length} slices are much brighter or darker than their neighbours.`,
        'Look at them: spikes, dropped signal or another acquisition. Exclude what is broken, all of it by the rule "outliers".',
        { rule: 'outliers', excludes: jumping },
      ),
    );
  }
  const strange = strangeSeries(bySeries);
  if (strange.length > 0) {
    const labels = new Map(series.map(({ id, label }) => [id, label]));
    const names = strange.map((group) => labels.get(group[0]?.slice.series ?? 0) ?? '').join(', ');
    findings.push(
      finding(
        'outlier-series',
        'warning',
        `${strange.length} series are much brighter or darker than the rest of the dataset: ${names}.`,
        'Look at them: another body part, contrast or unit. Exclude them by the rule "outlier-series".',
        { rule: 'outlier-series', excludes: strange.flat().map(({ slice }) => slice.id) },
      ),
    );
  }
  const empty = thumbnails.filter(({ slice }) => (slice.foreground ?? 1) < emptyFraction);
  if (empty.length > 0) {
    findings.push(
      finding(
        'empty-in-use',
        'note',
        `${empty.length} slices that show hardly anything are in use, because somebody chose so.`,
        'Exclude them again by the rule "empty" unless they are wanted.',
        { rule: 'empty', excludes: empty.map(({ slice }) => slice.id) },
      ),
    );
  }
  return findings;
}
