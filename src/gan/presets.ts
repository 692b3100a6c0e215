import balanced from '../../resources/presets/balanced.json' with { type: 'json' };
import plain from '../../resources/presets/plain.json' with { type: 'json' };
import preview from '../../resources/presets/preview.json' with { type: 'json' };
import progressive from '../../resources/presets/progressive.json' with { type: 'json' };
import quality from '../../resources/presets/quality.json' with { type: 'json' };
import r3 from '../../resources/presets/r3.json' with { type: 'json' };
import tiny from '../../resources/presets/tiny.json' with { type: 'json' };
import { GantryError } from '../base/errors.ts';
import type { Conditions } from './conditions.ts';
import { type Preset, parseRunConfig, presetSchema, type RunConfig } from './config.ts';

const files: Readonly<Record<string, unknown>> = {
  tiny,
  progressive,
  plain,
  r3,
  preview,
  balanced,
  quality,
};

export const presetNames: readonly string[] = Object.keys(files);

/** @throws GantryError BAD_CONFIG when there is none of that name */
export function loadPreset(name: string): Preset {
  const file = files[name];
  if (file === undefined) {
    throw new GantryError('BAD_CONFIG', `There is no preset "${name}".`, {
      action: `Choose one of ${presetNames.join(', ')}.`,
    });
  }
  return presetSchema.parse(file);
}

export interface PresetChoice {
  readonly preset: string;
  readonly size: number;
  readonly seed: number;
  readonly conditions?: Conditions | null;
  /** Parts that a batch is computed in at once (see shardsFor); default 1. */
  readonly shards?: number;
}

/**
 * Parts to cut a batch in on a CPU: as many as there are cores, at most four, of at least four images each (the
 * group of a minibatch deviation). On two cores two parts made `tiny` a third to a half
 * faster than one with two threads; more cores
 * than parts go to threads within an operation. A batch of 32 or more is cut to eight images a part on any machine:
 * what it keeps for its second-order gradients then fits the cache better (R3GAN at 64 px, one thread: 0.228 s of
 * CPU an image and 4.3 GB at 32, 0.135 s and 1.07 GB at 8). Of larger images it is four (128 px) or two, because
 * what a part keeps grows with its pixels: at least 2.1 GB for eight of `balanced` at 128 px, 1.1 GB for four.
 */
export function shardsFor(batch: number, cores: number, size = 64): number {
  const part = Math.max(2, Math.min(8, 512 / size));
  const wanted = Math.max(Math.min(cores, 4), batch >= 32 ? batch / part : 1);
  return [16, 8, 4, 2].find((n) => n <= wanted && batch % (Math.min(4, part) * n) === 0) ?? 1;
}

/**
 * The full configuration of a run. @throws GantryError BAD_SIZE when the preset cannot make that size, BAD_CONFIG
 */
export function createConfig({ preset, size, seed, conditions = null, shards = 1 }: PresetChoice): RunConfig {
  const { sizes, penalty, images: _images, defaultSize: _defaultSize, ...recipe } = loadPreset(preset);
  const forSize = sizes[String(size)];
  if (forSize === undefined) {
    const possible = Object.keys(sizes).join(', ');
    throw new GantryError('BAD_SIZE', `The preset "${preset}" cannot make images of ${size} pixels.`, {
      action: `Choose a size of ${possible}, or another preset.`,
    });
  }
  return parseRunConfig({
    formatVersion: 1,
    preset,
    size,
    seed,
    ...recipe,
    penalty: { ...penalty, gamma: forSize.gamma },
    conditions,
    shards,
  });
}
