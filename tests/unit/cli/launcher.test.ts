import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { appVersion } from '../../../src/base/runtime.ts';

const launcher = resolve(import.meta.dirname, '../../../bin/gantry.js');
const scratch = mkdtempSync(join(tmpdir(), 'gantry-launcher-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

function version(cache: string): string {
  const { NODE_COMPILE_CACHE: _, ...env } = process.env;
  const { stdout } = spawnSync(process.execPath, [launcher, '--version'], {
    env: { ...env, XDG_CACHE_HOME: cache, LOCALAPPDATA: cache },
    encoding: 'utf8',
    timeout: 20_000,
  });
  return stdout.trim();
}

describe.skipIf(process.platform === 'darwin')('the launcher', () => {
  it('keeps what it compiled in the user’s cache', () => {
    expect(version(scratch)).toBe(appVersion);
    expect(readdirSync(join(scratch, 'gantry', 'compiled'))).toHaveLength(1);
  });

  it('runs where nothing can be kept', () => {
    const file = join(scratch, 'file');
    writeFileSync(file, '');
    expect(version(file)).toBe(appVersion);
    expect(version(join(scratch, 'no', 'folder'))).toBe(appVersion);
    expect(existsSync(join(scratch, 'no'))).toBe(false);
    // A folder on which a recursive mkdir of Node never ends.
    if (process.platform === 'linux') expect(version('/proc/none')).toBe(appVersion);
  });
});
