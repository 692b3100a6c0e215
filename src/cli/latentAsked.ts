import { GantryError } from '../base/errors.ts';
import { evenly, type LatentRequest, type ProjectionRequest, readLatent } from '../studio/latent/index.ts';
import { number, type Parsed, text } from './parse.ts';

const actions = ['interpolate', 'vary', 'project', 'near'] as const;

/** Options of one action alone. */
const ownOptions: Readonly<Record<(typeof actions)[number], readonly string[]>> = {
  interpolate: ['from', 'to', 'frames'],
  vary: ['at', 'over', 'frames'],
  project: ['slice', 'space', 'steps', 'starts', 'save', 'seed'],
  near: ['at', 'slice', 'space', 'steps', 'starts', 'latent', 'radius', 'count', 'seed'],
};

/** What `gantry latent ACTION` is asked for. @throws USAGE; BAD_MODEL for a file that holds no latent */
export function latentAsked(parsed: Parsed): LatentRequest {
  const action = actions.find((one) => one === parsed.operands[0]);
  if (action === undefined) {
    throw new GantryError('USAGE', `"${parsed.operands[0]}" is no action of latent.`, {
      action: `Say ${actions.join(', ')}.`,
    });
  }
  const all = new Set(Object.values(ownOptions).flat());
  const stray = Object.keys(parsed.values).find(
    (name) => all.has(name) && !ownOptions[action].includes(name),
  );
  if (stray !== undefined) throw new GantryError('USAGE', `--${stray} does not go with ${action}.`);
  switch (action) {
    case 'interpolate':
      return {
        type: 'interpolate',
        from: placeAsked(parsed, 'from'),
        to: placeAsked(parsed, 'to'),
        frames: number(parsed, 'frames') ?? 9,
      };
    case 'vary':
      return { type: 'vary', at: placeAsked(parsed, 'at'), ...walkAsked(parsed) };
    case 'project':
      return { type: 'project', projection: projectionAsked(parsed) };
    case 'near':
      return {
        type: 'near',
        centre: centreAsked(parsed),
        radius: number(parsed, 'radius') ?? 0.3,
        count: number(parsed, 'count') ?? 16,
        seed: number(parsed, 'seed') ?? 1,
      };
  }
}

/** "1:0": slice 0 of seed 1. */
function placeAsked(parsed: Parsed, name: string): { seed: number; index: number } {
  const given = text(parsed, name);
  if (given === undefined) throw new GantryError('USAGE', `--${name} SEED:INDEX is needed.`);
  const [, seed, index] = /^(\d{1,15}):(\d{1,9})$/.exec(given) ?? [];
  if (seed === undefined || index === undefined) {
    throw new GantryError('USAGE', `--${name} must be SEED:INDEX, such as 1:0, not "${given}".`);
  }
  return { seed: Number(seed), index: Number(index) };
}

function projectionAsked(parsed: Parsed): ProjectionRequest {
  const slice = number(parsed, 'slice');
  const space = text(parsed, 'space');
  return {
    ...(slice === undefined ? {} : { slice }),
    ...(space === 'w' || space === 'w+' ? { space } : {}),
    steps: number(parsed, 'steps') ?? 400,
    starts: number(parsed, 'starts') ?? 4,
    seed: number(parsed, 'seed') ?? 1,
  };
}

function centreAsked(parsed: Parsed): Extract<LatentRequest, { type: 'near' }>['centre'] {
  const file = text(parsed, 'latent');
  const given = ['at', 'slice', 'latent'].filter((name) => parsed.values[name] !== undefined);
  if (given.length !== 1) {
    throw new GantryError('USAGE', 'Say near what: one of --at, --slice and --latent.');
  }
  if (file !== undefined) return { type: 'found', latent: readLatent(file) };
  if (given[0] === 'at') return { type: 'slice', ...placeAsked(parsed, 'at') };
  return { type: 'projection', ...projectionAsked(parsed) };
}

/** `third`, `third=lower,upper` or `age=20..80`. */
function walkAsked(parsed: Parsed) {
  const over = text(parsed, 'over');
  if (over === undefined) throw new GantryError('USAGE', '--over NAME[=VALUES] is needed.');
  const frames = number(parsed, 'frames') ?? 9;
  const [, label, list] = /^\s*([^=]+?)\s*(?:=\s*(.+?)\s*)?$/.exec(over) ?? [];
  if (label === undefined) throw new GantryError('USAGE', `"${over}" is no label with values.`);
  if (list === undefined) return { label, frames };
  const [, low, high] = /^(-?[\d.]+)\.\.(-?[\d.]+)$/.exec(list) ?? [];
  if (low === undefined || high === undefined) {
    return { label, frames, values: list.split(',').map((value) => value.trim()) };
  }
  return { label, frames, values: evenly(Number(low), Number(high), frames) };
}
