import { GantryError } from '../../base/errors.ts';
import { parseRunConfig, type RunConfig } from '../../gan/index.ts';

/** Settings of a run that are no settings to change. */
const fixed = new Set(['formatVersion', 'preset', 'size', 'conditions']);

/** Groups of settings that may be null; the configuration's own check refuses names that they do not know. */
const optional = new Set(['progressive', 'pathLength']);

/** "0.5", "true", "null", "hinge": numbers and words as JSON where they are, else as text. */
function parseValue(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/**
 * "optimiser.generatorRate=0.001,penalty.gamma=2" as changes of a configuration, which is checked as a whole.
 * @throws BAD_CONFIG naming the setting; USAGE for text of another form
 */
export function withSettings(config: RunConfig, changes: string | undefined): RunConfig {
  if (changes === undefined) return config;
  const next = structuredClone(config) as Record<string, unknown>;
  for (const change of changes.split(',')) {
    const [, path, value] = /^\s*([A-Za-z0-9.]+)\s*=\s*(.+?)\s*$/.exec(change) ?? [];
    if (path === undefined || value === undefined) {
      throw new GantryError('USAGE', `"${change}" is no setting.`, {
        action: 'Write name=value,name=value, for example penalty.gamma=2',
      });
    }
    const names = path.split('.');
    if (fixed.has(names[0]!)) {
      throw new GantryError('BAD_CONFIG', `"${names[0]}" has an option of its own and cannot be set here.`);
    }
    let at = next;
    for (const name of names.slice(0, -1)) {
      // A group of settings that is off, and that a change of one of them turns on with defaults for the others.
      if (at[name] === null && optional.has(name)) at[name] = {};
      const inner = at[name];
      if (inner === null || typeof inner !== 'object') {
        throw new GantryError('BAD_CONFIG', `There is no setting "${path}".`);
      }
      at = inner as Record<string, unknown>;
    }
    const last = names.at(-1)!;
    if (!(last in at) && !optional.has(names.at(-2) ?? ''))
      throw new GantryError('BAD_CONFIG', `There is no setting "${path}".`);
    at[last] = parseValue(value);
  }
  return parseRunConfig(next);
}
