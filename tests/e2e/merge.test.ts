import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RunningServer, startServer } from '../../src/server/index.ts';
import { importPaths } from '../../src/studio/import/index.ts';
import { Workspace } from '../../src/workspace/index.ts';
import { madeDicom } from '../unit/studio/import/makeDicom.ts';
import { browserPath, openBrowser } from './support/browser.ts';
import { seriousAxe, watch } from './support/page.ts';
import { emptyWorkspace, type TestWorkspace } from './support/workspace.ts';

const patient = { timeout: 60_000 };

describe.skipIf(browserPath === undefined)('merging datasets in the app', () => {
  let workspace: TestWorkspace;
  let server: RunningServer;
  let context: BrowserContext;
  let page: Page;
  let complaints: string[];

  beforeAll(async () => {
    workspace = emptyWorkspace();
    const scans = join(workspace.dir, '..', 'scans');
    const folder = (subject: number) => join(scans, `s${subject}`);
    for (let subject = 0; subject < 6; subject++) {
      mkdirSync(folder(subject), { recursive: true });
      for (let i = 1; i <= 4; i++) {
        const made = madeDicom({
          instance: i,
          patientId: `p${subject}`,
          series: `1.2.3.${subject}`,
          values: Uint16Array.from({ length: 1024 }, (_, at) => (at < 512 ? 500 + 40 * subject + i : 0)),
        });
        writeFileSync(join(folder(subject), `${i}.dcm`), made);
      }
    }
    const ws = Workspace.open(workspace.dir, { write: true });
    await importPaths(ws, { paths: [0, 1, 2, 3].map(folder), dataset: 'first' });
    await importPaths(ws, { paths: [3, 4, 5].map(folder), dataset: 'second' });
    ws.close();
    server = await startServer({ workspace: workspace.dir });
    context = await openBrowser();
    page = await context.newPage();
    complaints = watch(page);
    await page.goto(server.url);
  });
  afterAll(async () => {
    await context?.close();
    await server?.close();
    workspace?.remove();
  });

  it('says what it will do, and makes a new dataset, by the keyboard alone', async () => {
    await page.getByRole('button', { name: 'Merge…' }).focus(patient);
    await page.keyboard.press('Enter');
    const dialog = page.getByRole('dialog', { name: 'Merge datasets' });
    await dialog.getByText('Choose two or more.').waitFor(patient);
    await dialog.getByRole('checkbox', { name: /first/ }).focus();
    await page.keyboard.press('Space');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Space');
    await dialog.getByRole('checkbox', { name: /^2\. second/ }).waitFor(patient);
    await dialog.getByText('The same slices, kept once').waitFor(patient);
    const figure = (label: string) =>
      dialog.locator('dt', { hasText: label }).locator('xpath=following-sibling::dd[1]').textContent();
    expect(await figure('Slices in the new dataset')).toBe('24');
    expect(await figure('The same slices')).toBe('4');
    expect(await figure('People in several')).toBe('1');
    expect(await seriousAxe(page)).toEqual([]);
    await page.keyboard.press('Tab');
    await page.keyboard.type('first');
    for (let i = 0; i < 2; i++) await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    // A name that is taken is refused where it was typed.
    await dialog.getByRole('alert').getByText('There is a dataset "first" already.').waitFor(patient);
    const name = dialog.getByLabel('Name of the new dataset');
    await name.focus();
    await page.keyboard.press('ControlOrMeta+a');
    await page.keyboard.type('whole');
    for (let i = 0; i < 2; i++) await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await dialog.waitFor({ state: 'hidden', ...patient });
  });

  it('shows the merged dataset beside those that it was made of', async () => {
    const list = page.getByRole('list', { name: 'Datasets of this workspace' });
    await list.getByRole('link', { name: /whole/ }).click(patient);
    await page.getByRole('article', { name: 'whole' }).getByText('24 slices').waitFor(patient);
    expect(await list.getByRole('link').count()).toBe(3);
    await page.getByRole('button', { name: /^Jobs/ }).click();
    const jobs = page.getByRole('dialog', { name: 'Jobs' });
    await jobs.getByText('24 slices, 4 of them kept once.').waitFor(patient);
    expect(await seriousAxe(page)).toEqual([]);
    await page.keyboard.press('Escape');
  });

  it('speaks Japanese', async () => {
    await page.getByRole('button', { name: /日本語/ }).click();
    await page.getByRole('button', { name: '統合…' }).click();
    await page
      .getByRole('dialog', { name: 'データセットの統合' })
      .getByText('2 つ以上選んでください。')
      .waitFor(patient);
    await page.keyboard.press('Escape');
  });

  it('gave no cause for complaint', () => {
    // The refused name is an answer of status 500.
    expect(complaints.filter((text) => !/status of (404|500)/.test(text))).toEqual([]);
  });
});
