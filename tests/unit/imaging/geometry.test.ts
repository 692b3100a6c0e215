import { describe, expect, it } from 'vitest';
import { planeOf, type SliceGeometry, sortSlices } from '../../../src/imaging/index.ts';

const axial = [1, 0, 0, 0, 1, 0] as const;
const sagittal = [0, 1, 0, 0, 0, -1] as const;
const coronal = [1, 0, 0, 0, 0, -1] as const;

const slice = (
  orientation: SliceGeometry['orientation'],
  positionMm: readonly [number, number, number] | undefined,
  instanceNumber: number,
  echoTimeMs?: number,
) => ({
  frame: 0,
  instanceNumber,
  ...(echoTimeMs === undefined ? {} : { echoTimeMs }),
  geometry: { ...(orientation && { orientation }), ...(positionMm && { positionMm }) },
});

describe('planes', () => {
  it('names the three planes and what lies between them', () => {
    expect(planeOf(axial)).toBe('axial');
    expect(planeOf(sagittal)).toBe('sagittal');
    expect(planeOf(coronal)).toBe('coronal');
    const tilted = (degrees: number) => {
      const a = (degrees * Math.PI) / 180;
      return planeOf([1, 0, 0, 0, Math.cos(a), Math.sin(a)]);
    };
    expect(tilted(30)).toBe('axial');
    expect(tilted(45)).toBe('oblique');
    expect(tilted(60)).toBe('coronal');
    expect(planeOf([0, 0, 0, 0, 0, 0])).toBe('oblique');
  });
});

describe('slice order', () => {
  it('follows the position along the normal, whatever the instance numbers', () => {
    const headers = [3, -1, 5, 1].map((x, i) => slice(sagittal, [x, 40, -7], 9 - i));
    const found = sortSlices(headers);
    // The normal of a sagittal slice with rows to the back and columns down is -x.
    expect(found.order).toEqual([2, 0, 3, 1]);
    expect(found).toMatchObject({
      by: 'position',
      spacingMm: 2,
      duplicates: 0,
      gaps: 0,
      mixedOrientations: false,
    });
  });

  it('counts repeats and gaps, and orders repeats by echo time', () => {
    const headers = [
      slice(axial, [0, 0, 0], 1, 30),
      slice(axial, [0, 0, 0], 2, 10),
      slice(axial, [0, 0, 1], 3, 10),
      slice(axial, [0, 0, 2], 4, 10),
      slice(axial, [0, 0, 5], 5, 10),
    ];
    const found = sortSlices(headers);
    expect(found.order).toEqual([1, 0, 2, 3, 4]);
    expect(found).toMatchObject({ spacingMm: 1, duplicates: 1, gaps: 1 });
  });

  it('falls back to instance numbers without geometry or with mixed orientations', () => {
    expect(sortSlices([slice(undefined, undefined, 2), slice(undefined, undefined, 1)])).toMatchObject({
      order: [1, 0],
      by: 'instance',
      mixedOrientations: false,
    });
    expect(sortSlices([slice(axial, [0, 0, 0], 2), slice(coronal, [0, 0, 0], 1)])).toMatchObject({
      order: [1, 0],
      by: 'instance',
      mixedOrientations: true,
    });
    expect(sortSlices([])).toMatchObject({ order: [] });
  });
});
