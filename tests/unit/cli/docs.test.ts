import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { errorCodes } from '../../../src/base/errors.ts';
import { appVersion } from '../../../src/base/runtime.ts';
import { commandHelp, markdown, overview } from '../../../src/cli/help.ts';
import { commands } from '../../../src/cli/table.ts';

const root = join(import.meta.dirname, '../../..');

it('docs/cli.md is what the table says (run `node scripts/docs.ts` after a change)', () => {
  expect(readFileSync(join(root, 'docs/cli.md'), 'utf8')).toBe(markdown(errorCodes));
});

it('help names every command and every option', () => {
  for (const command of commands) {
    expect(overview()).toContain(`  ${command.name}`);
    for (const option of Object.keys(command.options)) expect(commandHelp(command)).toContain(`--${option}`);
  }
});

it('the version is that of package.json', () => {
  expect(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).version).toBe(appVersion);
});
