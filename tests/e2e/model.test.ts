import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RunningServer, startServer } from '../../src/server/index.ts';
import { browserPath, openBrowser } from './support/browser.ts';
import { seriousAxe, watch } from './support/page.ts';
import { emptyWorkspace, type TestWorkspace, trainedWorkspace } from './support/workspace.ts';

const patient = { timeout: 60_000 };

describe.skipIf(browserPath === undefined)('a model file in the app', () => {
  let ours: TestWorkspace;
  let theirs: TestWorkspace;
  let servers: RunningServer[];
  let context: BrowserContext;
  let page: Page;
  let complaints: string[];
  let file: string;

  beforeAll(async () => {
    [ours, theirs] = [await trainedWorkspace(64), emptyWorkspace()];
    servers = [await startServer({ workspace: ours.dir }), await startServer({ workspace: theirs.dir })];
    file = join(ours.dir, '..', 'model.zip');
    context = await openBrowser();
    page = await context.newPage();
    complaints = watch(page);
  });
  afterAll(async () => {
    await context?.close();
    for (const server of servers ?? []) await server.close();
    ours?.remove();
    theirs?.remove();
  });

  it('is made as a job and downloaded', async () => {
    await page.goto(servers[0]!.url);
    await page.getByRole('link', { name: /Runs/ }).click(patient);
    await page.getByRole('link', { name: /run-0001/ }).click(patient);
    await page.getByRole('article').getByRole('button', { name: 'Model file' }).click(patient);
    await page.getByRole('button', { name: /^Jobs/ }).click();
    const jobs = page.getByRole('dialog', { name: 'Jobs' });
    await jobs.getByText('Model file of run-0001').waitFor(patient);
    const downloading = page.waitForEvent('download', patient);
    await jobs.getByRole('link', { name: 'Download' }).click(patient);
    await (await downloading).saveAs(file);
  });

  it('is taken in by a colleague, and a damaged one is refused', async () => {
    await page.goto(servers[1]!.url);
    await page.getByRole('link', { name: /Runs/ }).click(patient);
    const input = page.locator('input[type=file][accept=".zip"]');
    const damaged = join(ours.dir, '..', 'damaged.zip');
    const bytes = readFileSync(file);
    writeFileSync(damaged, bytes.subarray(0, bytes.length - 1000));
    await input.setInputFiles(damaged, patient);
    await page.getByRole('alert').getByText('TRUNCATED').waitFor(patient);
    await input.setInputFiles(file);
    const run = page.getByRole('article', { name: 'run-0001' });
    await run.getByText('(imported)').first().waitFor(patient);
    expect(await run.getByRole('button', { name: 'Branch…' }).count()).toBe(0);
    expect(await run.getByRole('link', { name: 'Generate' }).count()).toBe(1);
    expect(await seriousAxe(page)).toEqual([]);
  });

  it('gave no cause for complaint', () => {
    expect(complaints.filter((text) => !/status of (404|500)/.test(text))).toEqual([]);
  });
});
