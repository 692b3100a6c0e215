/**
 * `npm run bench:queue [slices]`: 1,000 generated slices judged one after the other by keyboard, in a real browser
 * through `gantry serve`: the time from a key to the next pair on the screen, and the page's memory on the way. Trains
 * its own small run and makes the review set by the app's own screens; prints a table.
 */
import { loadavg } from 'node:os';
import type { Page } from 'playwright-core';
import { startServer } from '../../src/server/index.ts';
import { browserPath } from '../e2e/support/browser.ts';
import { trainedWorkspace } from '../e2e/support/workspace.ts';
import { collect, pageMemory, residentMb } from './support/browserMemory.ts';
import { openPlainBrowser, type PlainPage } from './support/plainBrowser.ts';
import { at, row } from './support/table.ts';

const slices = Number(process.argv[2] ?? 1000);
const samples = new Set([50, 200, 400, 600, 800, 1000, slices]);
/** What a reader does: mostly a verdict, now and then a mark, or on to the next without one. */
const keys = ['a', 'x', 'a', 'a', 'x', 'a', 'm', 'a', 'x', 'ArrowDown'] as const;

/** Makes a set of so many slices by the form of the screen and waits until it is shown, the least plausible first. */
async function makeSet(page: Page): Promise<void> {
  await page.evaluate(() => {
    location.hash = '#/review';
  });
  await page.getByRole('textbox', { name: 'Slices' }).fill(String(slices));
  await page.getByRole('button', { name: 'Generate' }).click();
  await page.locator('.curation .viewport[aria-busy="false"]').first().waitFor({ timeout: 900_000 });
  await page.getByLabel('Reader code').fill('R1');
  await page.getByRole('button', { name: /Order$/ }).click();
  await page.getByRole('option', { name: 'Implausibility' }).click();
  await page.locator('.viewport').first().focus();
}

/** Notes when a key comes to the page, and when the frame after the next pair was drawn. */
function watchFrames(): void {
  const shown = () =>
    [...document.querySelectorAll('.viewport')].map((view) =>
      view.ariaBusy === 'true' ? '' : (view.querySelector('canvas')?.ariaLabel ?? ''),
    );
  const onKey = () => {
    const began = performance.now();
    const before = shown()[0];
    const state = globalThis as typeof globalThis & { shownAfter?: Promise<number> };
    state.shownAfter = new Promise((done) => {
      const look = () => {
        const now = shown();
        const isDrawn = now[0] !== before && now.every((label) => /\d$/.test(label));
        if (isDrawn) requestAnimationFrame(() => done(performance.now() - began));
        else requestAnimationFrame(look);
      };
      look();
    });
  };
  document.addEventListener('keydown', onKey, { capture: true });
}

async function judge(page: PlainPage): Promise<void> {
  row(['judged', 'next p50 ms', 'p95 ms', 'max ms', 'script MB', 'resident MB', 'nodes', 'listeners']);
  const all: number[] = [];
  let part: number[] = [];
  for (let i = 1; i <= slices; i++) {
    await page.press(i < slices ? keys[i % keys.length]! : 'a');
    // The last key judges the last slice, after which there is no next one.
    if (i < slices) part.push(Number(await page.evaluate('globalThis.shownAfter')));
    if (!samples.has(i)) continue;
    await collect(page.send);
    const { scriptMb, nodes, listeners } = await pageMemory(page.send);
    row([
      ...[`${i}`, at(part, 0.5), at(part, 0.95), at(part, 1), scriptMb.toFixed(1)],
      ...[residentMb(page.pid).toFixed(0), `${nodes}`, `${listeners}`],
    ]);
    all.push(...part);
    part = [];
  }
  row(['all', at(all, 0.5), at(all, 0.95), at(all, 1)]);
  const said = await page.evaluate(`document.querySelector('.verdicts [role="status"]').textContent`);
  process.stdout.write(`${said}\n`);
}

if (browserPath === undefined) throw new Error('There is no Chromium; set CHROMIUM_PATH.');
process.stdout.write(`load ${loadavg()[0]!.toFixed(1)} at the start\n`);
const workspace = await trainedWorkspace(640, 64);
const server = await startServer({ workspace: workspace.dir });
const browser = await openPlainBrowser(1280, 800);
try {
  const watched = await browser.connect();
  const page = watched.contexts()[0]!.pages()[0]!;
  await page.goto(server.url);
  await makeSet(page);
  await page.evaluate(watchFrames);
  await watched.close();
  await judge(await browser.attach());
  process.stdout.write(`load ${loadavg()[0]!.toFixed(1)} at the end\n`);
} finally {
  await browser.close();
  await server.close();
  workspace.remove();
}
