import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { menuTemplate } from '../../../electron/menu.ts';
import { raiseSentinel } from '../../../electron/sentinel.ts';
import { readSettings, writeSettings } from '../../../electron/settings.ts';

const folder = mkdtempSync(join(tmpdir(), 'gantry-shell-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('the sentinel', () => {
  const file = join(folder, 'deep', 'running');

  it('tells an unclean exit from a clean one', () => {
    expect(raiseSentinel(file).uncleanExit).toBe(false);
    const second = raiseSentinel(file);
    expect(second.uncleanExit).toBe(true);
    second.lower();
    expect(existsSync(file)).toBe(false);
    expect(raiseSentinel(file).uncleanExit).toBe(false);
  });
});

describe('the shell’s settings', () => {
  const file = join(folder, 'settings', 'settings.json');

  it('come back as written', () => {
    writeSettings(file, { workspace: '/data/study' });
    expect(readSettings(file)).toEqual({ workspace: '/data/study' });
  });

  it.each(['', '{', '[]', '{"workspace": 3}', '{"workspace": ""}'])(
    'are none when the file holds %j',
    (text) => {
      writeFileSync(file, text);
      expect(readSettings(file).workspace).toBeUndefined();
    },
  );

  it('are none without a file', () => {
    expect(readSettings(join(folder, 'missing.json'))).toEqual({});
  });
});

describe('the menu', () => {
  it('has no developer tools once packaged', () => {
    const roles = (packaged: boolean) =>
      JSON.stringify(menuTemplate('linux', packaged, { openWorkspace() {} }));
    expect(roles(true)).not.toContain('toggleDevTools');
    expect(roles(false)).toContain('toggleDevTools');
  });

  it('has the application menu on a Mac alone', () => {
    const first = (platform: NodeJS.Platform) => menuTemplate(platform, true, { openWorkspace() {} })[0];
    expect(first('darwin')).toEqual({ role: 'appMenu' });
    expect(first('win32')?.label).toBe('&File');
  });
});

describe('the preload script', () => {
  it('knows of Electron nothing but the sending of two messages', () => {
    const text = readFileSync(join(import.meta.dirname, '../../../electron/preload.ts'), 'utf8');
    expect(text).not.toContain('exposeInMainWorld');
    expect([...text.matchAll(/ipcRenderer\.(\w+)/g)].map((match) => match[1])).toEqual([
      'postMessage',
      'send',
    ]);
    // A path goes to the main process alone, and only for a drop that a person made.
    expect(text).toContain('if (!event.isTrusted) return;');
    expect(text).not.toContain('window.postMessage');
  });
});
