import type { BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RunningServer, startServer } from '../../src/server/index.ts';
import { browserPath, openBrowser } from './support/browser.ts';
import { emptyWorkspace, type TestWorkspace } from './support/workspace.ts';

/** The attacks as a page would try them, in a real browser. The raw ones are in tests/unit/server. */
describe.skipIf(browserPath === undefined)('a page that has turned against us', () => {
  let workspace: TestWorkspace;
  let server: RunningServer;
  let context: BrowserContext;
  let page: Page;

  beforeAll(async () => {
    workspace = emptyWorkspace();
    server = await startServer({ workspace: workspace.dir });
    context = await openBrowser();
    page = await context.newPage();
    await page.goto(server.url);
    await page.getByRole('heading', { name: 'No datasets yet' }).waitFor();
  });
  afterAll(async () => {
    await context?.close();
    await server?.close();
    workspace?.remove();
  });

  it('finds no Node', async () => {
    const found = await page.evaluate(() =>
      ['require', 'process', 'module', 'Buffer', 'global', 'electron'].filter((name) => name in window),
    );
    expect(found).toEqual([]);
  });

  it('cannot read the session from a script', async () => {
    expect(await page.evaluate(() => document.cookie)).toBe('');
  });

  it('cannot evaluate text, nor insert markup or scripts', async () => {
    const tried = await page.evaluate(async () => {
      const allowed = (attack: () => unknown) => {
        try {
          attack();
          return true;
        } catch {
          return false;
        }
      };
      const script = document.createElement('script');
      const markup = allowed(() => {
        document.createElement('div').innerHTML = '<img src=x onerror="window.attacked = true">';
      });
      const text = allowed(() => {
        script.textContent = 'window.attacked = true';
      });
      document.body.append(script);
      // Text for a timer is evaluated by the page itself, outside of what drives this browser.
      const timer = allowed(() => Reflect.apply(setTimeout, window, ['window.attacked = true', 0]));
      await new Promise((resolve) => setTimeout(resolve, 200));
      return { markup, text, timer, attacked: 'attacked' in window };
    });
    expect(tried).toEqual({ markup: false, text: false, timer: false, attacked: false });
  });

  it('reaches no other origin', async () => {
    const reached = await page.evaluate(async (other) => {
      const image = new Image();
      const outcomes = await Promise.all([
        fetch(other).then(
          () => true,
          () => false,
        ),
        new Promise<boolean>((resolve) => {
          image.onload = () => resolve(true);
          image.onerror = () => resolve(false);
          image.src = `${other}/icon.svg`;
        }),
        new Promise<boolean>((resolve) => {
          try {
            const socket = new WebSocket(other.replace('http', 'ws'));
            socket.onopen = () => resolve(true);
            socket.onerror = () => resolve(false);
          } catch {
            resolve(false);
          }
        }),
      ]);
      return outcomes;
    }, `http://localhost:${server.port}`);
    expect(reached).toEqual([false, false, false]);
  });

  it('cannot be framed by another page, nor used by one', async () => {
    const other = await context.newPage();
    await other.route('http://evil.example/**', (route) =>
      route.fulfill({
        contentType: 'text/html',
        body: `<iframe src="http://127.0.0.1:${server.port}/"></iframe><img src="http://127.0.0.1:${server.port}/icon.svg">`,
      }),
    );
    await other.goto('http://evil.example/');
    const used = await other.evaluate(async (address) => {
      const image = document.querySelector('img');
      const read = await fetch(`${address}/index.html`, { credentials: 'include' }).then(
        () => true,
        () => false,
      );
      const socket = await new Promise<boolean>((resolve) => {
        const tried = new WebSocket(`${address.replace('http', 'ws')}/rpc`);
        tried.onopen = () => resolve(true);
        tried.onerror = () => resolve(false);
      });
      return { image: (image?.naturalWidth ?? 0) > 0, read, socket };
    }, `http://127.0.0.1:${server.port}`);
    expect(used).toEqual({ image: false, read: false, socket: false });
    const frame = other.frames()[1];
    expect(await frame?.evaluate(() => document.body?.textContent ?? '').catch(() => '')).not.toContain(
      'datasets',
    );
    await other.close();
  });

  it('leaves the app alive', async () => {
    await page.reload();
    await page.getByRole('heading', { name: 'No datasets yet' }).waitFor();
  });
});
