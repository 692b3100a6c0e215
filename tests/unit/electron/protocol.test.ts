import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { declareScheme, serveScheme } from '../../../electron/protocol.ts';
import { contentSecurityPolicy } from '../../../src/server/index.ts';
import { FakeProtocol } from './double.ts';

const folder = mkdtempSync(join(tmpdir(), 'gantry-protocol-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const pages = join(folder, 'renderer');
mkdirSync(join(pages, 'assets'), { recursive: true });
writeFileSync(join(pages, 'index.html'), '<!doctype html>');
writeFileSync(join(pages, 'assets', 'a.js'), 'export {};');
writeFileSync(join(folder, 'secret.txt'), 'secret');
symlinkSync(join(folder, 'secret.txt'), join(pages, 'link.txt'));

const protocol = new FakeProtocol();
declareScheme(protocol);
serveScheme(protocol, pages, () => async (path) => {
  if (path === '/media/slices/1') return { type: 'image/png', bytes: new Uint8Array([1, 2, 3]) };
  if (path === '/media/slices/2') throw new Error('/home/someone/scan.dcm');
  return null;
});
const get = (url: string, method = 'GET') =>
  protocol.handlers.get('app')?.(new Request(url, { method })) ?? Promise.reject(new Error('not handled'));

describe('app://', () => {
  it('is a standard, secure scheme that may not bypass the content security policy', () => {
    const [scheme] = protocol.schemes;
    expect(scheme?.scheme).toBe('app');
    expect(scheme?.privileges).toMatchObject({ standard: true, secure: true });
    expect(scheme?.privileges.bypassCSP).toBeUndefined();
    expect(scheme?.privileges.corsEnabled).toBeUndefined();
  });

  it('serves pages and pictures with the policy', async () => {
    const page = await get('app://gantry/');
    expect(page.status).toBe(200);
    expect(page.headers.get('content-security-policy')).toBe(contentSecurityPolicy);
    expect((await get('app://gantry/assets/a.js')).headers.get('content-type')).toContain('javascript');
    const picture = await get('app://gantry/media/slices/1?size=96');
    expect(new Uint8Array(await picture.arrayBuffer())).toEqual(new Uint8Array([1, 2, 3]));
  });

  it.each([
    'app://gantry/../secret.txt',
    'app://gantry/%2e%2e/secret.txt',
    'app://gantry/..%2fsecret.txt',
    'app://gantry/assets/..%5c..%5csecret.txt',
    'app://gantry/link.txt',
    'app://gantry/assets/',
    'app://gantry/%00',
    'app://gantry/media/slices/3',
  ])('has nothing at %s', async (url) => {
    const answer = await get(url);
    expect(answer.status).toBe(404);
    expect(await answer.text()).not.toContain('secret');
  });

  it('refuses other hosts and methods', async () => {
    expect((await get('app://other/')).status).toBe(403);
    expect((await get('app://gantry/', 'POST')).status).toBe(403);
  });

  it('says nothing of what went wrong inside', async () => {
    const answer = await get('app://gantry/media/slices/2');
    expect(answer.status).toBe(500);
    expect(await answer.text()).not.toContain('someone');
  });
});
