/**
 * `npm run bench:browse [minutes]`: what the page's process holds while somebody browses all screens for ten minutes,
 * in a real browser through `gantry serve`, with 100,000 slices, a run of 100,000 logged steps and a review set of 200.
 * Nothing is collected on the way but what the browser collects itself, and Playwright keeps the bodies of answers in
 * the same process, so that the figures are upper bounds. Prints a table, a row a minute.
 */
import { loadavg } from 'node:os';
import type { BrowserContext, Page } from 'playwright-core';
import { startServer } from '../../src/server/index.ts';
import { buildReview } from '../../src/studio/review/build.ts';
import { ReviewSets } from '../../src/studio/review/sets.ts';
import { Workspace } from '../../src/workspace/index.ts';
import { browserPath, openBrowser } from '../e2e/support/browser.ts';
import { type TestWorkspace, trainedWorkspace } from '../e2e/support/workspace.ts';
import { collect, pageMemory, pageProcess, residentMb } from './support/browserMemory.ts';
import { addLongRun, slices } from './support/largeWorkspace.ts';
import { copySlices, pictures } from './support/manySlices.ts';
import { row } from './support/table.ts';

const minutes = Number(process.argv[2] ?? 10);

/** A run that was trained, generated slices of it to review, a long run, and in the end the many slices. */
async function browsedWorkspace(): Promise<TestWorkspace> {
  const made = await trainedWorkspace(640);
  const ws = Workspace.open(made.dir, { write: true });
  const request = { run: made.run, count: 200, seed: 1 };
  const sets = new ReviewSets(ws);
  sets.keep(request, await buildReview(ws, request));
  sets.close();
  addLongRun(ws, 'made');
  ws.close();
  copySlices(made.dir, slices / pictures);
  return made;
}

const go = (page: Page, hash: string) =>
  page.evaluate((next) => {
    location.hash = next;
  }, hash);

/** Presses keys as fast as a hand does. */
async function type(page: Page, keys: readonly string[]): Promise<void> {
  for (const key of keys) {
    await page.keyboard.press(key);
    await page.waitForTimeout(100);
  }
}

const times = (key: string, count: number) => Array.from({ length: count }, () => key);

async function browseDataset(page: Page): Promise<void> {
  await go(page, '#/datasets');
  const grid = page.locator('.grid-box');
  await grid.locator('.tile img').first().waitFor();
  // Down by screens, from a place that differs each time.
  await grid.evaluate(async (box) => {
    box.scrollTop = Math.random() * box.scrollHeight;
    for (let i = 0; i < 300; i++) {
      box.scrollTop += 40;
      await new Promise((resolve) => requestAnimationFrame(resolve));
    }
  });
  // Not the mouse: it would scroll the tile into view first, and the grid then draws others in its place.
  await grid
    .locator('.tile')
    .nth(20)
    .evaluate((tile) => (tile as HTMLElement).click());
  await page.locator('.slice-dialog img').waitFor();
  await type(page, [...times('ArrowRight', 20), 'Escape']);
  for (const size of ['S', 'L', 'M']) {
    await page.getByRole('radio', { name: size, exact: true }).click();
    await grid.locator('.tile img').first().waitFor();
  }
}

async function browseRuns(page: Page): Promise<void> {
  for (const run of ['run-0002', 'run-0001']) {
    await go(page, `#/runs/${run}`);
    await page.getByRole('img', { name: /Losses/ }).waitFor();
    const over = page.locator('.u-over').first();
    for (let i = 0; i < 3; i++) {
      await over.scrollIntoViewIfNeeded();
      const box = (await over.boundingBox())!;
      await page.mouse.move(box.x + 60, box.y + 60);
      await page.mouse.down();
      await page.mouse.move(box.x + box.width - 60, box.y + 60, { steps: 8 });
      await page.mouse.up();
      await page.waitForTimeout(300);
      await over.dblclick();
    }
    for (const smoothing of ['strong', 'off', 'light']) {
      await page.getByRole('radio', { name: smoothing, exact: true }).click();
      await page.waitForTimeout(300);
    }
  }
}

async function browseReview(page: Page): Promise<void> {
  await go(page, '#/review/set-1');
  await page.locator('.curation .viewport[aria-busy="false"]').first().waitFor();
  await page.getByLabel('Reader code').fill('R1');
  await page.locator('.viewport').first().focus();
  await type(page, [...times('a', 15), ...times('x', 5), ...times('ArrowDown', 20), 'd', 'v', 'v', 'i', '0']);
  await go(page, '#/review/slices-1');
  await page.locator('.viewport[aria-busy="false"]').first().waitFor();
  await page.locator('.viewport').first().focus();
  await type(page, times('ArrowDown', 30));
  await go(page, '#/review/studies');
  await page.waitForTimeout(500);
}

async function browseRest(page: Page): Promise<void> {
  for (const hash of ['#/compare/run-0001', '#/generate/run-0001', '#/evaluate/run-0001']) {
    await go(page, hash);
    await page.waitForTimeout(1500);
  }
  await go(page, '#/help');
  await page.mouse.move(640, 400);
  for (let i = 0; i < 10; i++) await page.mouse.wheel(0, 400);
  await go(page, '#/settings');
  for (const theme of ['light', 'dark']) await page.getByRole('radio', { name: theme }).click();
  await page.keyboard.press('Control+k');
  await page.getByRole('dialog').waitFor();
  await page.keyboard.press('Escape');
}

async function processOf(context: BrowserContext): Promise<number> {
  const session = await context.browser()!.newBrowserCDPSession();
  const { processInfo } = await session.send('SystemInfo.getProcessInfo');
  return pageProcess(processInfo);
}

if (browserPath === undefined) throw new Error('There is no Chromium; set CHROMIUM_PATH.');
process.stdout.write(`load ${loadavg()[0]!.toFixed(1)} at the start\n`);
const workspace = await browsedWorkspace();
const server = await startServer({ workspace: workspace.dir });
const context = await openBrowser(1280, 800);
try {
  const page = await context.newPage();
  page.setDefaultTimeout(120_000);
  await page.goto(server.url);
  await page.locator('.tile img').first().waitFor();
  // The review's code comes with its first use: now, before anybody builds the renderer anew below this page.
  await go(page, '#/review/set-1');
  await page.locator('.curation .viewport[aria-busy="false"]').first().waitFor();
  const session = await context.newCDPSession(page);
  const send: Parameters<typeof pageMemory>[0] = (method) => session.send(method);
  const pid = await processOf(context);
  let rounds = 0;
  const print = async (when: string) => {
    const { scriptMb, nodes, listeners } = await pageMemory(send);
    const counts = [`${nodes}`, `${listeners}`, `${rounds}`];
    row([when, scriptMb.toFixed(1), residentMb(pid).toFixed(0), ...counts]);
  };
  row(['minute', 'script MB', 'resident MB', 'nodes', 'listeners', 'rounds']);
  await print('0');
  const began = performance.now();
  const passed = () => (performance.now() - began) / 60_000;
  let printed = 0;
  while (printed < minutes) {
    for (const browse of [browseDataset, browseRuns, browseReview, browseRest]) {
      await browse(page);
      if (Math.floor(passed()) > printed && printed < minutes) {
        printed = Math.floor(passed());
        await print(`${printed}`);
      }
    }
    rounds++;
  }
  await collect(send);
  await print('collected');
  process.stdout.write(`load ${loadavg()[0]!.toFixed(1)} at the end\n`);
} finally {
  await context.close();
  await server.close();
  workspace.remove();
}
