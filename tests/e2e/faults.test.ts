import { renameSync } from 'node:fs';
import type { BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RunningServer, startServer } from '../../src/server/index.ts';
import { Workspace } from '../../src/workspace/index.ts';
import { browserPath, openBrowser } from './support/browser.ts';
import { seriousAxe, watch } from './support/page.ts';
import { type TestWorkspace, trainedWorkspace } from './support/workspace.ts';

const patient = { timeout: 60_000 };
const screens = [
  '#/datasets',
  '#/datasets/1',
  '#/runs',
  '#/runs/run-0001',
  '#/compare/run-0001',
  '#/review',
  '#/generate/run-0001',
  '#/evaluate/run-0001',
  '#/settings',
  '#/help',
];

/** What goes wrong around the app, as somebody before the screen sees it. */
describe.skipIf(browserPath === undefined)('the app’s screens when things go wrong', () => {
  let workspace: TestWorkspace;
  let server: RunningServer;
  let context: BrowserContext;
  let page: Page;
  let complaints: string[];

  beforeAll(async () => {
    workspace = await trainedWorkspace(64);
    server = await startServer({ workspace: workspace.dir });
    context = await openBrowser();
    page = await context.newPage();
    complaints = watch(page);
    await page.goto(server.url);
    await page.getByRole('heading', { name: 'made' }).waitFor(patient);
  });
  afterAll(async () => {
    await context?.close();
    await server?.close();
    workspace?.remove();
  });
  const show = (hash: string) =>
    page.evaluate((to) => {
      location.hash = to;
    }, hash);

  it('say that the workspace’s folder has gone, each of them, and go on when it is back', async () => {
    await show('#/runs/run-0001');
    await page.getByRole('article', { name: 'run-0001' }).waitFor(patient);
    const away = `${workspace.dir}-away`;
    renameSync(workspace.dir, away);
    const banner = page.getByRole('alert').filter({ hasText: 'WORKSPACE_GONE' }).first();
    await banner.waitFor(patient);
    for (const screen of screens) {
      await show(screen);
      await banner.getByText('The folder of the workspace is no longer where it was.').waitFor(patient);
      await expect.poll(() => page.getByText('Loading…').count(), patient).toBe(0);
      expect(await page.getByRole('navigation').count(), screen).toBeGreaterThan(0);
    }
    await show('#/datasets/1');
    expect(await seriousAxe(page)).toEqual([]);
    renameSync(away, workspace.dir);
    await banner.waitFor({ state: 'hidden', ...patient });
    await page.getByRole('article', { name: 'made' }).getByText('64 slices').first().waitFor(patient);
    await show('#/runs/run-0001');
    await page.getByRole('article', { name: 'run-0001' }).getByText('completed').first().waitFor(patient);
    // It writes as before, too.
    await page.getByRole('button', { name: 'Note…' }).click(patient);
    await page.getByRole('dialog').getByRole('textbox').fill('back again');
    await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click();
    await page.getByText('back again').first().waitFor(patient);
  });

  it('say that another process writes, where it was asked for', async () => {
    const other = Workspace.open(workspace.dir, { write: true });
    let isOpen = true;
    const close = () => {
      if (isOpen) other.close();
      isOpen = false;
    };
    try {
      await page.getByRole('button', { name: 'Note…' }).click(patient);
      const dialog = page.getByRole('dialog');
      await dialog.getByRole('textbox').fill('mine');
      await dialog.getByRole('button', { name: 'Save' }).click();
      await dialog
        .getByRole('alert')
        .getByText(/Another Gantry process .*writing/)
        .waitFor(patient);
      close();
      await dialog.getByRole('button', { name: 'Save' }).click();
      await dialog.waitFor({ state: 'hidden', ...patient });
    } finally {
      close();
    }
    await page.getByText('mine').first().waitFor(patient);
  });

  it('show a run that went on while no window was open', async () => {
    await show('#/datasets/1');
    await page.getByRole('button', { name: 'Train a model…' }).click(patient);
    const form = page.getByRole('dialog', { name: 'Train on made' });
    await form.getByRole('button', { name: /Image size/ }).click(patient);
    await page.getByRole('option', { name: '32', exact: true }).click();
    await form.getByRole('button', { name: 'Start training' }).click(patient);
    const shown = () => page.getByRole('article', { name: 'run-0002' });
    await shown().getByText('training', { exact: true }).waitFor(patient);
    await shown()
      .getByRole('img', { name: /Losses/ })
      .waitFor({ timeout: 120_000 });
    await page.close();
    page = await context.newPage();
    complaints.push(...watch(page));
    await page.goto(server.url);
    await page.getByRole('link', { name: 'Runs' }).click(patient);
    await page
      .getByRole('link', { name: /run-0002/ })
      .first()
      .click(patient);
    await shown().getByText('training', { exact: true }).waitFor(patient);
    const chart = shown().getByRole('img', { name: /Losses/ });
    await chart.waitFor(patient);
    const before = await chart.getAttribute('aria-label');
    await expect.poll(() => chart.getAttribute('aria-label'), { timeout: 90_000 }).not.toBe(before);
    await shown().getByRole('button', { name: 'Stop' }).click();
    await shown().getByText('stopped', { exact: true }).waitFor({ timeout: 90_000 });
  });

  it('gave no other cause for complaint', () => {
    expect(complaints.filter((text) => !/status of (404|500|503)/.test(text))).toEqual([]);
  });
});
