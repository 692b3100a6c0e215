import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { plainSegments, readBelow } from '../../../src/server/files.ts';
import { contentSecurityPolicy } from '../../../src/server/headers.ts';

const folder = mkdtempSync(join(tmpdir(), 'gantry-files-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const root = join(folder, 'pages');
mkdirSync(join(root, 'assets'), { recursive: true });
mkdirSync(join(folder, 'pages-of-another'));
writeFileSync(join(root, 'index.html'), 'page');
writeFileSync(join(root, 'assets', 'app.js'), 'code');
writeFileSync(join(root, '.env.txt'), 'hidden');
writeFileSync(join(root, 'data.bin'), 'unknown kind');
writeFileSync(join(folder, 'pages-of-another', 'a.txt'), 'outside');
symlinkSync(join(folder, 'pages-of-another'), join(root, 'linked'));
symlinkSync(join(folder, 'pages-of-another', 'a.txt'), join(root, 'linked.txt'));
symlinkSync(join(root, 'assets', 'app.js'), join(root, 'inside.js'));

const text = async (path: string) => {
  const file = await readBelow(root, path);
  return file === null ? null : new TextDecoder().decode(file.bytes);
};

describe('files below a folder', () => {
  it('are read by plain paths', async () => {
    expect(await text('/')).toBe('page');
    expect(await text('/index.html')).toBe('page');
    expect(await text('/assets/app.js')).toBe('code');
    expect(await text('/inside.js')).toBe('code');
  });

  it.each([
    '/../pages-of-another/a.txt',
    '/assets/../../pages-of-another/a.txt',
    '/%2e%2e/pages-of-another/a.txt',
    '/%2E%2E%2Fpages-of-another%2Fa.txt',
    '/..%2fpages-of-another/a.txt',
    '/..\\pages-of-another\\a.txt',
    '/..%5cpages-of-another%5ca.txt',
    '/%252e%252e/pages-of-another/a.txt',
    '/linked/a.txt',
    '/linked.txt',
    '//etc/passwd',
    '/C:/Windows/win.ini',
    '/index.html::$DATA',
    '/.env.txt',
    '/data.bin',
    '/assets',
    '/assets/',
    '/index.html%00.js',
    '/%',
    '/%ff',
    '',
    'index.html',
  ])('are not there for %j', async (path) => expect(await text(path)).toBeNull());

  it('are named by decoded segments', () => {
    expect(plainSegments('/a/b%20c.txt')).toEqual(['a', 'b c.txt']);
  });
});

describe('the content security policy', () => {
  it('allows nothing unsafe and nothing from elsewhere', () => {
    expect(contentSecurityPolicy).not.toMatch(/unsafe|\*|https?:|data:|blob:/);
    expect(contentSecurityPolicy).toContain("default-src 'none'");
    for (const closed of ['base-uri', 'form-action', 'frame-ancestors']) {
      expect(contentSecurityPolicy).toContain(`${closed} 'none'`);
    }
  });
});
