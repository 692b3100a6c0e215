import { describe, expect, it } from 'vitest';
import { GantryError } from '../../../src/base/errors.ts';
import { parseCommand } from '../../../src/cli/parse.ts';
import { type CommandSpec, commands } from '../../../src/cli/table.ts';

const spec = (name: string): CommandSpec => commands.find((c) => c.name === name)!;

function usage(name: string, argv: string[]): string {
  try {
    parseCommand(spec(name), argv);
  } catch (error) {
    if (error instanceof GantryError && error.code === 'USAGE') return error.message;
    throw error;
  }
  throw new Error('was accepted');
}

describe('parseCommand', () => {
  it('reads operands, numbers and flags', () => {
    const parsed = parseCommand(spec('import'), [
      'a',
      'b',
      '--workspace',
      'w',
      '--dataset=d',
      '--json',
      '--seed',
      '7',
    ]);
    expect(parsed.operands).toEqual(['a', 'b']);
    expect(parsed.values).toEqual({ workspace: 'w', dataset: 'd', json: true, seed: 7 });
  });

  it.each([
    ['an unknown option', 'train', ['--workspace', 'w', '--colour', 'red'], /colour/],
    ['a missing workspace', 'datasets', [], /--workspace/],
    ['a word for a number', 'train', ['--workspace', 'w', '--images', 'many'], /--images/],
    ['a fraction for an integer', 'train', ['--workspace', 'w', '--size', '63.5'], /--size/],
    [
      'a negative number',
      'generate',
      ['--workspace', 'w', '--run', 'r', '--out', 'o', '--count=-1'],
      /--count/,
    ],
    ['no operand', 'import', ['--workspace', 'w', '--dataset', 'd'], /PATH/],
    ['an operand where none goes', 'runs', ['x', '--workspace', 'w'], /"x"/],
    [
      'a choice that is none',
      'generate',
      ['--workspace', 'w', '--run', 'r', '--out', 'o', '--count', '1', '--format', 'gif'],
      /gif/,
    ],
    ['an empty string', 'datasets', ['--workspace='], /empty/],
  ])('refuses %s', (_what, name, argv, message) => {
    expect(usage(name, argv)).toMatch(message);
  });

  it('lets --help pass without the needed options', () => {
    expect(parseCommand(spec('train'), ['--help']).values.help).toBe(true);
  });
});
