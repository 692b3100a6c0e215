import type { SeriesRecord } from '../../workspace/index.ts';
import { type Finding, finding, type Inventory, type Severity, type SliceRule } from './finding.ts';

/** How the used slices are spread over the values of one property, commonest first. */
export interface Spread {
  readonly property: string;
  readonly values: readonly { readonly value: string; readonly slices: number; readonly subjects: number }[];
}

interface Property {
  readonly name: string;
  readonly of: (series: SeriesRecord) => string | undefined;
}

function spacingText({ geometry }: SeriesRecord): string | undefined {
  const spacing = geometry.pixelSpacingMm;
  return spacing === undefined ? undefined : `${spacing[0].toFixed(2)} x ${spacing[1].toFixed(2)} mm`;
}

function fieldOf({ rows, columns, geometry }: SeriesRecord): number | undefined {
  const spacing = geometry.pixelSpacingMm;
  return spacing === undefined ? undefined : Math.max(rows * spacing[0], columns * spacing[1]);
}

const properties = {
  modality: { name: 'modality', of: (s) => s.attributes.modality },
  plane: { name: 'plane', of: (s) => s.plane ?? undefined },
  sequence: { name: 'sequence', of: (s) => s.attributes.sequence },
  matrix: { name: 'matrix', of: (s) => `${s.rows} x ${s.columns}` },
  spacing: { name: 'spacing', of: spacingText },
  thickness: {
    name: 'slice thickness',
    of: (s) =>
      s.geometry.sliceThicknessMm === undefined ? undefined : `${s.geometry.sliceThicknessMm.toFixed(1)} mm`,
  },
  manufacturer: { name: 'manufacturer', of: (s) => s.attributes.manufacturer },
  field: {
    name: 'field strength',
    of: (s) =>
      s.attributes.fieldStrengthT === undefined ? undefined : `${s.attributes.fieldStrengthT.toFixed(1)} T`,
  },
} as const satisfies Record<string, Property>;

/** Slices of each value of a property. */
function grouped({ series, thumbnails }: Inventory, { of }: Property): Map<string, number[]> {
  const values = new Map(series.map((one) => [one.id, of(one) ?? 'unknown']));
  const groups = Map.groupBy(thumbnails, ({ slice }) => values.get(slice.series) ?? 'unknown');
  const sorted = [...groups].sort((a, b) => b[1].length - a[1].length);
  return new Map(sorted.map(([value, members]) => [value, members.map(({ slice }) => slice.id)]));
}

export function spreadsOf(inventory: Inventory): Spread[] {
  const subjectOf = new Map(inventory.thumbnails.map(({ slice, subject }) => [slice.id, subject]));
  return Object.values(properties).map((property) => ({
    property: property.name,
    values: [...grouped(inventory, property)].map(([value, ids]) => ({
      value,
      slices: ids.length,
      subjects: new Set(ids.map((id) => subjectOf.get(id))).size,
    })),
  }));
}

function listed(groups: ReadonlyMap<string, readonly number[]>): string {
  const shown = [...groups].slice(0, 6).map(([value, ids]) => `${value} (${ids.length})`);
  return shown.join(', ') + (groups.size > shown.length ? ', …' : '');
}

/** Several kinds of slices in one dataset. The rule keeps the commonest kind. */
export function mixtureFindings(inventory: Inventory): Finding[] {
  const findings: Finding[] = [];
  const mixed = (
    code: string,
    severity: Severity,
    what: string,
    advice: string,
    property: Property,
    rule: SliceRule,
  ) => {
    const groups = grouped(inventory, property);
    if (groups.size < 2) return;
    const excludes = [...groups.values()].slice(1).flat();
    findings.push(
      finding(code, severity, `The slices are of several ${what}: ${listed(groups)}.`, advice, {
        rule,
        excludes,
      }),
    );
  };
  const apart =
    'One generator will mix them. Import them into datasets of their own, train with labels, or exclude all but the commonest by the rule';
  const p = properties;
  mixed(
    'mixed-modalities',
    'problem',
    'modalities',
    `${apart} "other-modalities".`,
    p.modality,
    'other-modalities',
  );
  mixed('mixed-planes', 'warning', 'planes', `${apart} "other-planes".`, p.plane, 'other-planes');
  mixed(
    'mixed-contrasts',
    'warning',
    'sequences',
    `${apart} "other-contrasts".`,
    p.sequence,
    'other-contrasts',
  );
  const small = 'Images are resampled to one size; the smaller matrices will look smoother than the others.';
  mixed('mixed-matrices', 'note', 'matrices', small, p.matrix, 'other-matrices');
  return [...findings, ...spacingFinding(inventory), ...fieldFinding(inventory)];
}

/** Pixel spacings that differ by more than a quarter: detail of one series is blur in another. */
function spacingFinding(inventory: Inventory): Finding[] {
  const used = new Set(inventory.thumbnails.map(({ slice }) => slice.series));
  const spacings = inventory.series
    .filter((s) => used.has(s.id))
    .flatMap((s) => (s.geometry.pixelSpacingMm === undefined ? [] : [s.geometry.pixelSpacingMm[0]]));
  const [least, most] = [Math.min(...spacings), Math.max(...spacings)];
  if (spacings.length < 2 || most < 1.25 * least) return [];
  const groups = grouped(inventory, properties.spacing);
  return [
    finding(
      'mixed-spacings',
      'note',
      `Pixel spacings reach from ${least.toFixed(2)} to ${most.toFixed(2)} mm: ${listed(groups)}.`,
      'The coarser series will look smoother than the others. Exclude all but the commonest by the rule "other-spacings" where that matters.',
      { rule: 'other-spacings', excludes: [...groups.values()].slice(1).flat() },
    ),
  ];
}

function fieldFinding(inventory: Inventory): Finding[] {
  const used = new Set(inventory.thumbnails.map(({ slice }) => slice.series));
  const fields = inventory.series.filter((s) => used.has(s.id)).flatMap((s) => fieldOf(s) ?? []);
  const [least, most] = [Math.min(...fields), Math.max(...fields)];
  if (fields.length < 2 || most <= 1.3 * least) return [];
  return [
    finding(
      'mixed-fields-of-view',
      'note',
      `Fields of view reach from ${least.toFixed(0)} to ${most.toFixed(0)} mm, so anatomy differs in size.`,
      'Fine when it is meant; otherwise import the series into datasets of their own.',
    ),
  ];
}
