import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { makeFolders } from '../../../src/base/folders.ts';

const base = mkdtempSync(join(tmpdir(), 'gantry-folders-'));
afterAll(() => rmSync(base, { recursive: true, force: true }));

describe('makeFolders', () => {
  it('makes what is missing, and says whether anything was', () => {
    const deep = join(base, 'a b', 'ü', 'c');
    expect(makeFolders(deep)).toBe(true);
    expect(statSync(deep).isDirectory()).toBe(true);
    expect(makeFolders(deep)).toBe(false);
  });

  it('refuses a file in the way, and leaves it', () => {
    const file = join(base, 'file');
    writeFileSync(file, 'x');
    expect(() => makeFolders(file)).toThrow(expect.objectContaining({ code: 'ALREADY_EXISTS' }));
    expect(() => makeFolders(join(file, 'below'))).toThrow(
      expect.objectContaining({ code: expect.any(String) }),
    );
    expect(statSync(file).isFile()).toBe(true);
  });

  it.runIf(existsSync('/proc/self'))('ends where no folder can be made', () => {
    expect(() => makeFolders('/proc/gantry-test/x')).toThrow(expect.objectContaining({ code: 'IO' }));
    mkdirSync(join(base, 'still-works'));
  });
});
