/**
 * Frames of a linked window drag in the viewer, software rendering.
 * node tests/bench/viewer.ts WORKSPACE [DATASET-ID]
 */
import { startServer } from '../../src/server/index.ts';
import { openBrowser } from '../e2e/support/browser.ts';

const [workspace, dataset = '1'] = process.argv.slice(2);
if (workspace === undefined) throw new Error('Usage: node tests/bench/viewer.ts WORKSPACE [DATASET-ID]');
const moves = 90;
const server = await startServer({ workspace });
const context = await openBrowser(1280, 800);
try {
  const page = await context.newPage();
  await page.goto(server.url);
  await page.evaluate((id) => {
    location.hash = `#/review/slices-${id}`;
  }, dataset);
  const viewport = page.locator('.viewport').first();
  await viewport.waitFor();
  for (const layout of ['1×2', '2×2', '3×3']) {
    await page.getByRole('radio', { name: layout, exact: true }).click();
    await page.waitForTimeout(1000);
    const box = await viewport.boundingBox();
    if (box === null) throw new Error('The viewer is not on the screen.');
    const [x, y] = [box.x + 60, box.y + 60];
    await page.mouse.move(x, y);
    await page.mouse.down();
    // Every frame of the browser is counted in which the canvas has new pixels.
    const counting = page.evaluate(
      (until) =>
        new Promise<number[]>((resolve) => {
          const times: number[] = [];
          const tick = (time: number) => {
            times.push(time);
            if (time - (times[0] ?? time) < until) requestAnimationFrame(tick);
            else resolve(times);
          };
          requestAnimationFrame(tick);
        }),
      2000,
    );
    const began = performance.now();
    for (let i = 0; performance.now() - began < 2200; i++)
      await page.mouse.move(x + (i % moves), y + (i % 60));
    const times = await counting;
    await page.mouse.up();
    const gaps = times
      .slice(1)
      .map((time, i) => time - times[i]!)
      .sort((a, b) => a - b);
    const seconds = (times.at(-1)! - times[0]!) / 1000;
    const at = (share: number) => gaps[Math.floor(share * (gaps.length - 1))]?.toFixed(1);
    console.log(
      `${layout}: ${((times.length - 1) / seconds).toFixed(1)} frames/s, gaps p50 ${at(0.5)} p95 ${at(0.95)} ms`,
    );
  }
} finally {
  await context.close();
  await server.close();
}
