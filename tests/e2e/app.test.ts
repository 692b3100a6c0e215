import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RunningServer, startServer } from '../../src/server/index.ts';
import { browserPath, openBrowser } from './support/browser.ts';
import { loadedImages, seriousAxe, watch } from './support/page.ts';
import { emptyWorkspace, hasRealData, realWorkspace, type TestWorkspace } from './support/workspace.ts';

const root = join(import.meta.dirname, '..', '..');

describe.skipIf(browserPath === undefined || !hasRealData)('the app on a workspace of real MRI', () => {
  let workspace: TestWorkspace;
  let server: RunningServer;
  let context: BrowserContext;
  let page: Page;
  let complaints: string[];

  beforeAll(async () => {
    workspace = await realWorkspace();
    server = await startServer({ workspace: workspace.dir });
    context = await openBrowser();
    page = await context.newPage();
    complaints = watch(page);
  });
  afterAll(async () => {
    await context?.close();
    await server?.close();
    workspace?.remove();
  });

  it('lists the datasets, with figures and pictures, and takes the key out of the address', async () => {
    await page.goto(server.url);
    const list = page.getByRole('list', { name: 'Datasets of this workspace' });
    await list.getByRole('link', { name: /heads/ }).waitFor();
    expect(await list.getByRole('link').count()).toBe(2);
    expect(page.url()).not.toContain('token');
    await expect.poll(() => loadedImages(page, '.cover img')).toBe(8);
    expect(await page.title()).toBe('Gantry');
  });

  it('shows a dataset: figures, series, a grid of slices; a series can be chosen', async () => {
    await page.getByRole('link', { name: /heads/ }).click();
    const detail = page.getByRole('article', { name: 'heads' });
    await detail.getByText('40 slices').waitFor();
    await detail.getByRole('row', { name: 'ser-0001', exact: true }).waitFor();
    const grid = page.getByRole('grid', { name: 'Slices', exact: true });
    await expect.poll(() => loadedImages(page, '.tile img')).toBeGreaterThan(5);
    expect(Number(await grid.getAttribute('aria-rowcount'))).toBeGreaterThan(2);
    await detail.getByRole('row', { name: 'ser-0001', exact: true }).click();
    await detail.getByRole('heading', { name: /ser-0001/ }).waitFor();
    await detail.getByRole('radio', { name: 'Excluded' }).click();
    await detail.getByText('No slices in this selection.').waitFor();
    await detail.getByRole('radio', { name: 'In use' }).click();
    await detail.getByText('40 slices').waitFor();
  });

  it('works with the keyboard: along the grid, into a slice and out again', async () => {
    const tile = (index: number) => page.locator(`.tile[data-index="${index}"]`);
    await tile(0).focus();
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('End');
    await expect.poll(() => tile(39).evaluate((node) => node === document.activeElement)).toBe(true);
    await page.keyboard.press('Enter');
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('img', { name: /Slice 40/ }).waitFor();
    await page.keyboard.press('ArrowLeft');
    await dialog.getByRole('img', { name: /Slice 39/ }).waitFor();
    await expect.poll(() => loadedImages(page, '.film img')).toBe(1);
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    await expect.poll(() => tile(38).evaluate((node) => node === document.activeElement)).toBe(true);
  });

  it('finds every command by name', async () => {
    await page.keyboard.press('Control+k');
    await page.getByRole('dialog', { name: 'Commands' }).waitFor();
    await page.keyboard.type('training');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'No runs yet' }).waitFor();
  });

  it('shows a run of another process while it trains, to its end, without a reload', async () => {
    const cli = spawn(
      process.execPath,
      [
        'bin/gantry.js',
        'train',
        '--workspace',
        workspace.dir,
        '--dataset',
        'heads',
        '--size',
        '32',
        '--images',
        '640',
      ],
      { cwd: root, stdio: 'ignore' },
    );
    const ended = once(cli, 'exit');
    await page.getByRole('link', { name: /run-0001 .*heads/ }).click({ timeout: 60_000 });
    const run = page.getByRole('article', { name: 'run-0001' });
    await run.getByText('training', { exact: true }).waitFor({ timeout: 60_000 });
    const chart = run.getByRole('img', { name: /Losses/ });
    await chart.waitFor({ timeout: 60_000 });
    const first = await chart.getAttribute('aria-label');
    await expect.poll(() => chart.getAttribute('aria-label'), { timeout: 60_000 }).not.toBe(first);
    await page.reload();
    await run.getByText('completed', { exact: true }).waitFor({ timeout: 120_000 });
    expect((await ended)[0]).toBe(0);
    await run.getByText('640 of 640 images').waitFor();
    await expect.poll(() => loadedImages(page, '.sheet'), { timeout: 60_000 }).toBe(1);
    expect(await run.getByRole('img', { name: /Discriminator/ }).getAttribute('aria-label')).toMatch(/-?\d/);
  });

  it('trains from the page: start, stop with a checkpoint, resume', async () => {
    await page.getByRole('link', { name: 'Datasets' }).click();
    await page.getByRole('link', { name: /heads/ }).click();
    await page.getByRole('button', { name: 'Train a model…' }).click();
    const form = page.getByRole('dialog', { name: 'Train on heads' });
    await form.getByRole('button', { name: /Image size/ }).click();
    await page.getByRole('option', { name: '32', exact: true }).click();
    await form.getByRole('radio', { name: 'images' }).click();
    expect(await seriousAxe(page)).toEqual([]);
    await form.getByRole('button', { name: 'Start training' }).click();
    const run = page.getByRole('article', { name: 'run-0002' });
    await run.getByText('training', { exact: true }).waitFor({ timeout: 60_000 });
    await run.getByRole('img', { name: /Losses/ }).waitFor({ timeout: 60_000 });
    await run.getByRole('button', { name: 'Stop' }).click();
    await run.getByText('stopped', { exact: true }).waitFor({ timeout: 90_000 });
    await run.getByRole('button', { name: 'Resume' }).click();
    await run.getByText('training', { exact: true }).waitFor({ timeout: 60_000 });
    await run.getByRole('button', { name: 'Stop' }).click();
    await run.getByText('stopped', { exact: true }).waitFor({ timeout: 90_000 });
    expect(await run.getByText(/After [\d,]+ images/).count()).toBeGreaterThan(0);
  });

  it('speaks Japanese, completely on these screens', async () => {
    await page.getByRole('button', { name: /日本語/ }).click();
    await page.getByRole('heading', { name: '曲線' }).waitFor();
    expect(await page.locator('html').getAttribute('lang')).toBe('ja');
    await page.getByRole('button', { name: /English/ }).click();
    await page.getByRole('heading', { name: 'Curves' }).waitFor();
  });

  it.each(['dark', 'light'])('has no serious accessibility fault in the %s theme', async (theme) => {
    const change = page.getByRole('button', { name: theme === 'light' ? 'Light theme' : 'Dark theme' });
    if (await change.isVisible()) await change.click();
    for (const route of ['#/runs/run-0001', '#/datasets', '#/datasets/1', '#/runs', '#/runs/run-9999']) {
      await page.evaluate((hash) => {
        location.hash = hash;
      }, route);
      await page.waitForTimeout(500);
      expect(await seriousAxe(page), route).toEqual([]);
    }
  });

  it('says when the studio is gone, and comes back by itself', async () => {
    const { port } = server;
    await server.close();
    await page.getByText('The studio does not answer.').waitFor({ timeout: 30_000 });
    server = await startServer({ workspace: workspace.dir, port });
    // Another start is another session: its link has to be opened again.
    await page.goto(server.url);
    await page.getByRole('link', { name: /heads/ }).waitFor();
  });

  it('gave no cause for complaint', () => {
    const unexpected = complaints.filter((text) => !/WebSocket|ERR_CONNECTION_REFUSED|401/.test(text));
    expect(unexpected).toEqual([]);
  });
});

describe.skipIf(browserPath === undefined)('the app on an empty workspace', () => {
  it('says what belongs here and how it gets here', async () => {
    const workspace = emptyWorkspace();
    const server = await startServer({ workspace: workspace.dir });
    const context = await openBrowser(1920, 1080);
    try {
      const page = await context.newPage();
      const complaints = watch(page);
      await page.goto(server.url);
      await page.getByRole('heading', { name: 'No datasets yet' }).waitFor();
      await page.getByRole('button', { name: 'Import scans…' }).waitFor();
      expect(await seriousAxe(page)).toEqual([]);
      await page.getByRole('link', { name: /Runs/ }).click();
      await page.getByRole('heading', { name: 'No runs yet' }).waitFor();
      expect(await seriousAxe(page)).toEqual([]);
      expect(complaints).toEqual([]);
    } finally {
      await context.close();
      await server.close();
      workspace.remove();
    }
  });
});
