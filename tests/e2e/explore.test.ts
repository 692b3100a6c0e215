import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RunningServer, startServer } from '../../src/server/index.ts';
import { browserPath, openBrowser } from './support/browser.ts';
import { seriousAxe, watch } from './support/page.ts';
import { type TestWorkspace, trainedWorkspace } from './support/workspace.ts';

describe.skipIf(browserPath === undefined)('the latent space of a run in the app', () => {
  let workspace: TestWorkspace;
  let server: RunningServer;
  let context: BrowserContext;
  let page: Page;
  let complaints: string[];

  beforeAll(async () => {
    workspace = await trainedWorkspace();
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

  const make = () => page.getByRole('button', { name: 'Make the slices' });
  const frame = (number: number, of: number) =>
    page.locator('.explore-stage').getByRole('img', { name: `Synthetic slice, frame ${number} of ${of}` });
  /** Pixels of the large frame. */
  const pixels = (number: number, of: number) =>
    frame(number, of).evaluate((node) => {
      const canvas = node as HTMLCanvasElement;
      return [...canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height).data];
    });

  it('walks between two slices, by slider, strip and cine, with the keyboard', async () => {
    await page.getByRole('link', { name: 'Generate' }).click();
    await page.getByRole('link', { name: 'Explore' }).click();
    await make().waitFor();
    expect(await seriousAxe(page)).toEqual([]);
    await page.getByLabel('Frames', { exact: true }).fill('5');
    await make().focus();
    await page.keyboard.press('Enter');
    await frame(1, 5).waitFor({ timeout: 60_000 });
    expect(await seriousAxe(page)).toEqual([]);
    const first = await pixels(1, 5);
    await page.getByRole('slider', { name: 'Frames' }).focus();
    await page.keyboard.press('End');
    await frame(5, 5).waitFor();
    expect(await pixels(5, 5)).not.toEqual(first);
    await page.getByRole('button', { name: 'Frame 1 of 5' }).press('Enter');
    await frame(1, 5).waitFor();
    await page.getByRole('button', { name: 'Play' }).press('Enter');
    await frame(3, 5).waitFor();
    await page.getByRole('button', { name: 'Pause' }).press('Enter');
  });

  it('shows every frame through one window', async () => {
    await page.getByRole('button', { name: 'Frame 2 of 5' }).click();
    const mean = async () => {
      const all = await pixels(2, 5);
      return all.reduce((a, b) => a + b) / all.length;
    };
    const before = await mean();
    await page.getByRole('slider', { name: 'Window centre' }).focus();
    for (let i = 0; i < 30; i++) await page.keyboard.press('ArrowLeft');
    await expect.poll(mean).toBeGreaterThan(before);
    await page.getByRole('button', { name: 'Full range' }).click();
    await expect.poll(mean).toBeCloseTo(before, 5);
  });

  it('says why no label can vary', async () => {
    await page.getByRole('radio', { name: 'Vary a label' }).click();
    await page.getByText('This run was not trained with labels').waitFor();
    expect(await make().isDisabled()).toBe(true);
  });

  it('projects a real slice, beside it and its nearest training slice, and goes on from it', async () => {
    await page.getByRole('radio', { name: 'A real slice' }).click();
    await page.getByLabel('Steps of the search').fill('20');
    await make().click();
    await page.getByRole('img', { name: /^Real slice \d+$/ }).waitFor({ timeout: 90_000 });
    await page.getByRole('img', { name: /^Nearest training slice \d+$/ }).waitFor();
    await page.getByText('resembles a real patient').waitFor();
    expect(await seriousAxe(page)).toEqual([]);
    await page.getByRole('radio', { name: 'Near one' }).click();
    await page.getByRole('radio', { name: 'the last projection' }).click();
    await page.getByLabel('Frames', { exact: true }).fill('3');
    await make().click();
    await frame(1, 3).waitFor({ timeout: 60_000 });
  });

  it('finds the slices again after a reload, and exports them with how they were made', async () => {
    await page.reload();
    await frame(1, 3).waitFor({ timeout: 60_000 });
    await page.getByRole('radio', { name: 'PNG, 16 bits' }).click();
    await page.getByRole('checkbox', { name: /near-copies/ }).press('Space');
    await page.getByRole('button', { name: 'Export the frames' }).click();
    await page.getByText('3 slices written.').waitFor({ timeout: 90_000 });
    const downloading = page.waitForEvent('download');
    await page.getByRole('article').getByRole('link', { name: 'Download' }).click();
    const archive = join(workspace.dir, '..', 'near.zip');
    await (await downloading).saveAs(archive);
    const out = join(workspace.dir, '..', 'near');
    execFileSync('python3', ['-m', 'zipfile', '-e', archive, out]);
    const folder = join(out, 'run-0001-near-png');
    expect(readdirSync(folder).sort()).toEqual([
      'manifest.json',
      ...[0, 1, 2].map((i) => `synthetic-near-1-00000${i}.png`),
    ]);
    const { slices, run } = JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8'));
    expect(run.figures).toMatchObject({ madeBy: 'near', resemblesRealSlice: 'heldOut' });
    expect(slices[0].origin.text).toBe(
      'neighbour 1 of 3 within radius 0.3 of a slice made to resemble a real one, drawn by seed 1',
    );
  });

  it('is in Japanese too, and gave no cause for complaint', async () => {
    await page.getByRole('button', { name: '日本語' }).click();
    await page.getByRole('heading', { name: '潜在空間の探索' }).waitFor();
    expect(await seriousAxe(page)).toEqual([]);
    expect(complaints.filter((text) => !/willReadFrequently/.test(text))).toEqual([]);
  });
});
