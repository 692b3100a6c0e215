import { GantryError } from '../../base/errors.ts';
import type { Needs } from '../../dataset/index.ts';
import { createConfig, loadPreset, presetNames } from '../../gan/index.ts';

/**
 * Least numbers of slices and subjects to train on, by preset, at its default size. Judgement, not a measurement:
 * networks with more features remember more, and below a few hundred slices any of them learns the set by heart.
 */
const leasts: Readonly<Record<string, { readonly slices: number; readonly subjects: number }>> = {
  tiny: { slices: 300, subjects: 4 },
  progressive: { slices: 300, subjects: 4 },
  plain: { slices: 300, subjects: 4 },
  r3: { slices: 300, subjects: 4 },
  preview: { slices: 500, subjects: 5 },
  balanced: { slices: 2000, subjects: 20 },
  quality: { slices: 5000, subjects: 40 },
};

/**
 * What a preset needs of a dataset at a size (default: the preset's own); undefined without a preset and a size.
 * @throws BAD_CONFIG for an unknown preset, BAD_SIZE for a size that it cannot make
 */
export function needsOf(preset: string | undefined, size: number | undefined): Needs | undefined {
  if (preset === undefined && size === undefined) return undefined;
  const name = preset ?? 'tiny';
  const pixels = size ?? loadPreset(name).defaultSize;
  createConfig({ preset: name, size: pixels, seed: 1 });
  const least = leasts[name];
  if (least === undefined) {
    throw new GantryError('BAD_CONFIG', `There is no preset "${name}".`, {
      action: `Choose one of ${presetNames.join(', ')}.`,
    });
  }
  return { ...least, plan: `the preset "${name}" at ${pixels} pixels`, size: pixels };
}
