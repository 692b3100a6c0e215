import { z } from 'zod';
import json from '../../resources/phantom.json' with { type: 'json' };
import type { Random } from '../base/random.ts';

const range = z.tuple([z.number(), z.number()]);

const anatomySchema = z.object({
  widthFactor: range,
  lengthFactor: range,
  heightFactor: range,
  faceFactor: range,
  noseMm: range,
  chinMm: range,
  neckMm: range,
  neckLeanMm: range,
  skullMm: range,
  scalpMm: range,
  fatMm: range,
  csfGapMm: range,
  ventricleFactor: range,
  sulcusDepthMm: range,
  sulcusWidthMm: range,
  foldWavelengthMm: range,
  cortexMm: range,
  sinusFactor: range,
  warpMm: range,
  pitchDegrees: range,
  rollDegrees: range,
  yawDegrees: range,
  shiftYMm: range,
  shiftZMm: range,
});

const scannerSchema = z.object({
  fieldOfViewMm: range,
  grey: range,
  csf: range,
  fat: range,
  muscle: range,
  skin: range,
  marrow: range,
  /** Gaussian sigma of the point spread, in pixels. */
  blurPixels: range,
  /** Sigma of the complex noise, white matter = 1. */
  noise: range,
  /** Sigma of the logarithm of the smooth receive field. */
  bias: range,
  /** Share of the signal lost from the skull base to the end of the neck. */
  neckFade: range,
  /** Stored value of white matter. */
  whiteStored: range,
});

const parameters = z
  .object({
    label: z.string(),
    anatomy: anatomySchema,
    scanners: z.array(scannerSchema.extend({ name: z.string() })).min(1),
  })
  .parse(json);

export const phantomLabel = parameters.label;

/** One number drawn for each range. */
type Drawn<T> = { readonly [K in keyof T]: number };
export type Anatomy = Drawn<z.infer<typeof anatomySchema>>;
export type Scanner = Drawn<z.infer<typeof scannerSchema>> & { readonly name: string };

function draw<T extends Record<string, readonly [number, number]>>(ranges: T, random: Random): Drawn<T> {
  const values = Object.entries(ranges).map(([key, [low, high]]) => [
    key,
    low + random.uniform() * (high - low),
  ]);
  return Object.fromEntries(values) as Drawn<T>;
}

export function drawAnatomy(random: Random): Anatomy {
  return draw(parameters.anatomy, random);
}

/** Subjects take the scanners in turn, each with settings of its own. */
export function drawScanner(subject: number, random: Random): Scanner {
  const { name, ...ranges } = parameters.scanners[subject % parameters.scanners.length]!;
  return { name, ...draw(ranges, random) };
}
