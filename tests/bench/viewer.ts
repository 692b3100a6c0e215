/**
 * `npm run bench:viewer`: the viewer in a real browser through `gantry serve`, software rendering, by Chrome's own
 * tracing: frames of a linked window/level drag over two and four views of 512 x 512, the time from a key to the
 * slice on the screen, and the memory over 1,000 slices. Makes its own workspace; prints a table.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CDPSession, Page } from 'playwright-core';
import { startServer } from '../../src/server/index.ts';
import { browserPath, openBrowser } from '../e2e/support/browser.ts';
import { collect, pageMemory } from './support/browserMemory.ts';
import { copySlices, importPictures, pictures } from './support/manySlices.ts';
import { at, row } from './support/table.ts';
import { traceOf } from './support/tracing.ts';

const edge = 512;
const slices = 1024;
const dragSeconds = 4;

/** 64 different slices of 512 x 512 under 1,024 rows, every one of which is read from the disk. */
async function makeWorkspace(folder: string): Promise<string> {
  const ws = await importPictures(folder, edge);
  ws.close();
  copySlices(ws.dir, slices / pictures - 1);
  return ws.dir;
}

interface TraceEvent {
  readonly name: string;
  /** Microseconds. */
  readonly ts: number;
}

/** When the compositor drew a frame, in ms, while something was done. */
async function framesOf(session: CDPSession, work: () => Promise<void>): Promise<number[]> {
  const categories = ['disabled-by-default-devtools.timeline.frame', 'devtools.timeline.frame'];
  const events = await traceOf<TraceEvent>(session, categories, work);
  return events
    .filter(({ name }) => name === 'DrawFrame')
    .map(({ ts }) => ts / 1000)
    .sort((a, b) => a - b);
}

/** Brings the page to the size at which a view has 512 x 512 pixels. */
async function fitViews(page: Page, columns: number, rows: number): Promise<string> {
  const viewport = page.locator('.viewport').first();
  for (let i = 0; i < 3; i++) {
    const box = (await viewport.boundingBox())!;
    const now = page.viewportSize()!;
    await page.setViewportSize({
      width: Math.max(1000, Math.round(now.width + columns * (edge - box.width))),
      height: Math.max(600, Math.round(now.height + rows * (edge - box.height))),
    });
    await page.evaluate(
      () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))),
    );
  }
  const box = (await viewport.boundingBox())!;
  return `${Math.round(box.width)} x ${Math.round(box.height)}`;
}

async function drag(page: Page, session: CDPSession, layout: string): Promise<string[]> {
  await page.getByRole('radio', { name: layout, exact: true }).click();
  const views = { '1×2': 2, '2×2': 4 }[layout] ?? 1;
  await page.waitForFunction(
    (count) => document.querySelectorAll('.viewport canvas').length === count,
    views,
  );
  const shown = await fitViews(page, 2, views / 2);
  const box = (await page.locator('.viewport').first().boundingBox())!;
  const [x, y] = [box.x + 40, box.y + 40];
  await page.mouse.move(x, y);
  await page.mouse.down();
  let moves = 0;
  let from = 0;
  const times = await framesOf(session, async () => {
    from = performance.now();
    // Every move changes the window, so that every frame has new pixels in every view.
    for (; performance.now() - from < dragSeconds * 1000; moves++) {
      await page.mouse.move(x + ((moves * 3) % 400), y + ((moves * 2) % 300));
    }
  });
  await page.mouse.up();
  if (times.length < 3) throw new Error('The trace holds no frames.');
  const seconds = (times.at(-1)! - times[0]!) / 1000;
  const gaps = times.slice(1).map((time, i) => time - times[i]!);
  return [
    layout,
    shown,
    `${((times.length - 1) / seconds).toFixed(1)}`,
    at(gaps, 0.5),
    at(gaps, 0.95),
    `${moves}`,
  ];
}

/** Goes on by one slice; the time in ms from the key to the frame after the one that drew it. */
function next(page: Page): Promise<number> {
  return page.evaluate(
    () =>
      new Promise<number>((done) => {
        const label = () =>
          document.querySelector('.viewport:not([aria-busy="true"]) canvas')?.ariaLabel ?? '';
        const before = label();
        const began = performance.now();
        const look = () => {
          const now = label();
          if (/^Slice /.test(now) && now !== before) {
            requestAnimationFrame(() => done(performance.now() - began));
          } else requestAnimationFrame(look);
        };
        document.body.dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowDown', bubbles: true }));
        look();
      }),
  );
}

if (browserPath === undefined) throw new Error('There is no Chromium; set CHROMIUM_PATH.');
const folder = mkdtempSync(join(tmpdir(), 'gantry-bench-viewer-'));
process.stdout.write(`load ${loadavg()[0]!.toFixed(1)} at the start\n`);
const server = await startServer({ workspace: await makeWorkspace(folder) });
const context = await openBrowser(1280, 800);
try {
  const page = await context.newPage();
  await page.goto(server.url);
  await page.evaluate(() => {
    location.hash = '#/review/slices-1';
  });
  await page.locator('.viewport[aria-busy="false"]').first().waitFor();
  const session = await context.newCDPSession(page);
  row(['layout', 'view, px', 'frames/s', 'p50 ms', 'p95 ms', 'moves']);
  for (const layout of ['1×2', '2×2']) row(await drag(page, session, layout));

  await page.getByRole('radio', { name: '1×1', exact: true }).click();
  await page.getByRole('button', { name: 'Interpolate' }).waitFor();
  const times: number[] = [];
  row(['\nslices', 'open p50 ms', 'p95 ms', 'max ms', 'script MB']);
  for (let i = 1; i < slices - 8; i++) {
    times.push(await next(page));
    if (i % 200 === 0 || i === 50 || i === 1000) {
      const part = times.splice(0);
      await collect((method) => session.send(method));
      const { scriptMb } = await pageMemory((method) => session.send(method));
      row([`${i}`, at(part, 0.5), at(part, 0.95), at(part, 1), scriptMb.toFixed(1)]);
    }
  }
  process.stdout.write(`load ${loadavg()[0]!.toFixed(1)} at the end\n`);
} finally {
  await context.close();
  await server.close();
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
}
