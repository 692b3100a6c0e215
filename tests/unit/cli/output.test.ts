import { describe, expect, it } from 'vitest';
import { GantryError } from '../../../src/base/errors.ts';
import { bar, duration, jsonOutput, textOutput } from '../../../src/cli/output.ts';

function sink(isTTY = false) {
  const text: string[] = [];
  return { write: (t: string) => text.push(t), isTTY, columns: 40, text };
}

describe('jsonOutput', () => {
  it('prints one object a line with its type', () => {
    const stdout = sink();
    const out = jsonOutput(stdout);
    out.item({ dataset: 'heads' });
    out.error(new GantryError('BAD_SIZE', 'No.', { action: 'Take 64.' }), { run: 'run-0001' });
    expect(stdout.text.map((line) => JSON.parse(line))).toEqual([
      { type: 'item', dataset: 'heads' },
      { type: 'error', code: 'BAD_SIZE', message: 'No.', action: 'Take 64.', run: 'run-0001' },
    ]);
  });
});

describe('textOutput', () => {
  it('keeps results on stdout and everything else on stderr', () => {
    const [stdout, stderr] = [sink(), sink()];
    const out = textOutput(stdout, stderr);
    out.item({}, 'heads');
    out.progress({}, 'half way');
    out.warning({ code: 'X', message: 'careful' });
    out.done({}, 'ready');
    expect(stdout.text.join('')).toBe('heads\nready\n');
    expect(stderr.text.join('')).toBe('half way\nwarning: careful\n');
  });

  it('redraws one line on a terminal, never wider than it', () => {
    let clock = 0;
    const stderr = sink(true);
    const out = textOutput(sink(), stderr, () => clock);
    out.progress({}, 'x'.repeat(200));
    clock = 50;
    out.progress({}, 'too soon');
    clock = 150;
    out.progress({}, 'later');
    expect(stderr.text.join('')).toBe(`\r\x1b[2K${'x'.repeat(39)}\r\x1b[2Klater`);
  });
});

it.each([
  [0.4, '0 s'],
  [75, '1 min 15 s'],
  [3900, '1 h 05 min'],
  [Number.NaN, 'unknown'],
])('duration(%s) is %s', (seconds, text) => expect(duration(seconds)).toBe(text));

it('draws a bar within its bounds', () => {
  expect(bar(0.5, 4)).toBe('[##..]');
  expect(bar(7, 4)).toBe('[####]');
  expect(bar(undefined)).toBe('');
});
