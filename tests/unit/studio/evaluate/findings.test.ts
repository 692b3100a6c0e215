import { expect, it } from 'vitest';
import { wilson } from '../../../../src/metrics/index.ts';
import { findingsOf } from '../../../../src/studio/evaluate/findings.ts';
import type { Figure, Report, Subgroup } from '../../../../src/studio/evaluate/report.ts';
import { gapWarning, rareWarning } from '../../../../src/studio/evaluate/subgroups.ts';

const nothing: Omit<Report, 'findings'> = {
  kind: 'gantry-evaluation',
  version: 1,
  createdAt: '2026-01-02T03:04:05.000Z',
  application: 'Gantry',
  judged: {},
  dataset: {
    name: 'heads',
    hash: 'ab',
    ...{ trainSlices: 10, trainSubjects: 4, heldOutSlices: 0, heldOutSubjects: 0 },
  },
  settings: { size: 64, seed: 1, compared: 10 },
  limits: [],
  figures: [],
  spectra: {},
  copying: null,
  plausibility: null,
  subgroups: [],
  utility: null,
  readerStudies: [],
  stated: null,
};

const likeness = (synthetic: number, floor: number): Figure => ({
  id: 'ms-ssim-gap',
  name: 'MS-SSIM gap',
  space: '',
  good: 'near',
  target: 0,
  meaning: 'how much likelier slices of the set are each other than real ones',
  sets: { synthetic: { value: synthetic }, floor: { value: floor } },
});
const said = (synthetic: number, floor: number) =>
  findingsOf({ ...nothing, figures: [likeness(synthetic, floor)] }).join(' ');

it('calls likeness mode collapse only beyond that of real slices of other people', () => {
  expect(said(0.57, -0.03)).toContain('mode collapse');
  expect(said(0.25, 0.1)).toContain('mode collapse');
  expect(said(0.122, 0.105)).toBe('');
  expect(said(0.05, -0.03)).toBe('');
});

const group = (syntheticShare: number, warnings: readonly string[]): Subgroup => ({
  by: 'slice position',
  group: 'middle third',
  real: 229,
  subjects: 4,
  synthetic: Math.round(583 * syntheticShare),
  coverage: { value: 0.017, low: 0.007, high: 0.044 },
  floorCoverage: null,
  realShare: 0.39,
  syntheticShare,
  kid: null,
  floorKid: null,
  msSsimGap: null,
  dataCopying: null,
  nearCopies: 0,
  warnings,
});

it('tells a group that is missing from one that is there and not like the real one', () => {
  const missing = findingsOf({ ...nothing, subgroups: [group(0.01, [gapWarning, rareWarning])] })[0];
  expect(missing).toMatch(/^No synthetic slice, or hardly one, like those of slice position "middle third"/);
  const unlike = findingsOf({ ...nothing, subgroups: [group(0.42, [gapWarning])] })[0];
  expect(unlike).toMatch(
    /^Synthetic slices of slice position "middle third" are there \(42 % of all\), but not/,
  );
});

const judgedCopies = (copies: number, alarms: number, of: number) => {
  const measured = (hits: number) => {
    const [low, high] = wilson(hits, of);
    return { value: hits / of, low, high };
  };
  return findingsOf({
    ...nothing,
    copying: {
      threshold: 0.03,
      ...{ calibratedOn: 1000, trainSearched: 5000, judged: of },
      nearCopies: Array.from({ length: copies }, (_, slice) => ({
        slice,
        name: `slice ${slice}`,
        twin: 1,
        distance: 0.02,
        flip: 'none',
        ...{ dx: 0, dy: 0 },
      })),
      share: measured(copies),
      falseAlarms: { ...measured(alarms), of },
      dataCopying: null,
      authenticity: { synthetic: 1, floor: 1 },
      membership: [],
    },
  })[0];
};

it('holds near-copies against what chance gives: 28 against 11 of 1,000 is more (Fisher: p = 0.009), 16 is not', () => {
  expect(judgedCopies(100, 11, 1000)).toContain('Do not share this set.');
  expect(judgedCopies(28, 11, 1000)).toContain('more than chance gives. Exports leave them out');
  expect(judgedCopies(16, 11, 1000)).toContain('no more than chance gives');
  expect(judgedCopies(0, 11, 1000)).toContain('No near-copy');
});

it('says when the set keeps to the usual', () => {
  const recall = (synthetic: number, floor: number): Figure => ({
    ...likeness(synthetic, floor),
    id: 'recall.pixels and gradients',
    good: 'high',
  });
  const said = (synthetic: number, floor: number) =>
    findingsOf({ ...nothing, figures: [recall(synthetic, floor)] }).join(' ');
  expect(said(0.189, 0.77)).toContain('19 % of the real slices lie within');
  expect(said(0.6, 0.77)).toBe('');
  // Few people: slices of others do not reach them either, and recall says nothing.
  expect(said(0, 0.02)).toBe('');
});
