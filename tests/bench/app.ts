/**
 * `npm run bench:app`: how smooth the app is in a real browser through `gantry serve`, by Chrome's own tracing. A
 * dataset of 100,000 slices is scrolled, a run of 100,000 logged steps is drawn and zoomed. Prints one JSON line.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CDPSession, Page } from 'playwright-core';
import { startServer } from '../../src/server/index.ts';
import { browserPath, openBrowser } from '../e2e/support/browser.ts';
import { largeWorkspace, slices, steps } from './support/largeWorkspace.ts';
import { traceOf } from './support/tracing.ts';

const browseSeconds = Number(process.argv[2] ?? 20);

interface TraceEvent {
  readonly name: string;
  readonly ph: string;
  readonly dur?: number;
  /** Of the thread's own time, without what others took from it. */
  readonly tdur?: number;
  readonly tid: number;
  readonly pid: number;
  readonly args?: { readonly name?: string };
}

interface Tasks {
  /** ms by the clock, the longest first. */
  readonly clock: readonly number[];
  /** ms that the thread itself worked, the longest first: on a busy machine the figure of the app. */
  readonly own: readonly number[];
}

/** Tasks of the page's main thread while something is done. */
async function tasksOf(session: CDPSession, work: () => Promise<void>): Promise<Tasks> {
  const categories = ['toplevel', 'disabled-by-default-devtools.timeline', 'devtools.timeline'];
  const events = await traceOf<TraceEvent>(session, categories, work);
  const mains = new Set(
    events
      .filter(({ name, args }) => name === 'thread_name' && args?.name === 'CrRendererMain')
      .map(({ pid, tid }) => `${pid} ${tid}`),
  );
  const tasks = events.filter(
    ({ name, ph, pid, tid }) => /RunTask$/.test(name) && ph === 'X' && mains.has(`${pid} ${tid}`),
  );
  const sorted = (of: 'dur' | 'tdur') =>
    tasks.map((task) => (task[of] ?? task.dur ?? 0) / 1000).sort((a, b) => b - a);
  return { clock: sorted('dur'), own: sorted('tdur') };
}

const round = (value: number) => Math.round(value * 10) / 10;

async function scroll(page: Page, ms: number): Promise<void> {
  await page.locator('.grid-box').evaluate(async (box, duration) => {
    const end = performance.now() + duration;
    while (performance.now() < end) {
      box.scrollTop += 60;
      await new Promise((resolve) => requestAnimationFrame(resolve));
    }
  }, ms);
}

/** Frames of a zoom through all of the curves: what the page needs from a drag to the next frame. */
async function zoomFrames(page: Page): Promise<number[]> {
  const over = page.locator('.u-over').first();
  const box = await over.boundingBox();
  if (box === null) throw new Error('There is no chart.');
  const times: number[] = [];
  for (let i = 0; i < 10; i++) {
    await page.mouse.move(box.x + 60 + 10 * i, box.y + 60);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width - 60 - 10 * i, box.y + 60, { steps: 4 });
    await page.mouse.up();
    times.push(
      await over.evaluate(
        () =>
          new Promise<number>((resolve) => {
            const began = performance.now();
            requestAnimationFrame(() => resolve(performance.now() - began));
          }),
      ),
    );
    await over.dblclick();
  }
  return times;
}

if (browserPath === undefined) throw new Error('The bench needs a Chromium.');
const folder = mkdtempSync(join(tmpdir(), 'gantry-bench-app-'));
try {
  const server = await startServer({ workspace: await largeWorkspace(folder) });
  const context = await openBrowser();
  const page = await context.newPage();
  // A busy machine is slow, not wrong.
  page.setDefaultTimeout(180_000);
  const session = await context.newCDPSession(page);
  await page.goto(server.url);
  await page.getByRole('heading', { name: 'large' }).waitFor();
  // Once more: the first start of a browser is not the app's.
  await page.reload();
  const firstScreen = await page.evaluate(async () => {
    while (document.querySelector('h1') === null)
      await new Promise((resolve) => requestAnimationFrame(resolve));
    return performance.now();
  });
  await page
    .getByText(/100,0\d\d slices/)
    .first()
    .waitFor();
  await scroll(page, 2000);
  const scrolling = await tasksOf(session, () => scroll(page, browseSeconds * 1000));
  await session.send('HeapProfiler.collectGarbage');
  const heap = await page.evaluate(
    () => (performance as Performance & { memory?: { usedJSHeapSize: number } }).memory?.usedJSHeapSize ?? 0,
  );
  await page.goto(`${new URL(server.url).origin}/#/runs/run-0001`);
  await page.getByRole('img', { name: /Losses/ }).waitFor();
  await zoomFrames(page);
  const drawing = await tasksOf(session, async () => {
    await zoomFrames(page);
  });
  const result = {
    slices,
    steps,
    firstScreenMs: round(firstScreen),
    scrollSeconds: browseSeconds,
    scrollLongestTaskMs: round(scrolling.clock[0] ?? 0),
    scrollLongestTaskOwnMs: round(scrolling.own[0] ?? 0),
    scrollTasksOver50Ms: scrolling.clock.filter((ms) => ms > 50).length,
    zoomLongestTaskMs: round(drawing.clock[0] ?? 0),
    zoomLongestTaskOwnMs: round(drawing.own[0] ?? 0),
    zoomTasksOver16Ms: drawing.clock.filter((ms) => ms > 16).length,
    zoomTasksOver16OwnMs: drawing.own.filter((ms) => ms > 16).length,
    heapMb: round(heap / 1e6),
    load: round(loadavg()[0] ?? 0),
  };
  process.stdout.write(`${JSON.stringify(result)}\n`);
  await context.close();
  await server.close();
} finally {
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
}
