import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Random } from '../../src/base/random.ts';
import { type RunningServer, startServer } from '../../src/server/index.ts';
import { Workspace } from '../../src/workspace/index.ts';
import { StudyStore } from '../../src/workspace/studies.ts';
import { browserPath, openBrowser } from './support/browser.ts';
import { seriousAxe } from './support/page.ts';
import { hasRealData, realWorkspace, type TestWorkspace } from './support/workspace.ts';

const root = join(import.meta.dirname, '..', '..');

/** A busy machine is slow, not wrong: states are waited for, and for long. */
const patience = { timeout: 90_000 };

async function cli(...args: string[]): Promise<number> {
  const child = spawn(process.execPath, [join(root, 'bin/gantry.js'), ...args], { stdio: 'ignore' });
  const [status] = await once(child, 'exit');
  return Number(status);
}

describe.skipIf(browserPath === undefined || !hasRealData)('review', () => {
  let workspace: TestWorkspace;
  let server: RunningServer;
  let context: BrowserContext;
  let page: Page;
  const complaints: string[] = [];
  const responses: { url: string; headers: string; bytes: number }[] = [];
  const go = (hash: string) =>
    page.evaluate((next) => {
      location.hash = next;
    }, hash);

  beforeAll(async () => {
    workspace = await realWorkspace();
    const trained = await cli(
      ...['train', '--workspace', workspace.dir, '--dataset', 'heads', '--size', '32', '--images', '160'],
    );
    expect(trained).toBe(0);
    server = await startServer({ workspace: workspace.dir });
    context = await openBrowser();
    page = await context.newPage();
    page.setDefaultTimeout(patience.timeout);
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
    });
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('response', async (response) => {
      if (!/\/media\/studies\/\d+\/\d+$/.test(response.url())) return;
      const { date: _, ...headers } = response.headers();
      const bytes = (await response.body().catch(() => Buffer.alloc(0))).byteLength;
      responses.push({ url: response.url(), headers: JSON.stringify(headers), bytes });
    });
    await page.goto(server.url);
  });
  afterAll(async () => {
    await context?.close();
    await server?.close();
    workspace?.remove();
  });

  it('shows real slices: the probe and the canvas say what is stored', async () => {
    await go('#/review/slices-1');
    const viewport = page.locator('.viewport').first();
    await viewport.waitFor();
    await page.getByRole('radio', { name: '1×1', exact: true }).click();
    await page.getByRole('button', { name: 'Interpolate' }).click();
    await expect
      .poll(() => viewport.getByRole('img').getAttribute('aria-label'), patience)
      .toMatch(/^Slice 1 of/);
    const box = (await viewport.boundingBox())!;
    const id = await page.evaluate(async () => {
      const entries = performance.getEntriesByType('resource').map(({ name }) => name);
      return entries.find((name) => name.includes('/media/values/'))!;
    });
    const random = new Random(3, 'probe');
    for (let i = 0; i < 10; i++) {
      const x = box.x + box.width / 2 + (random.uniform() - 0.5) * box.height * 0.6;
      const y = box.y + box.height / 2 + (random.uniform() - 0.5) * box.height * 0.6;
      const probe = page.locator('.probe[data-stored]');
      // The value of the place before must be gone, or it could be taken for that of this one.
      await page.mouse.move(2, 2);
      await probe.waitFor({ state: 'detached' });
      await page.mouse.move(x, y);
      await probe.waitFor();
      const [row, column, stored] = await probe.evaluate((node) =>
        ['data-row', 'data-column', 'data-stored'].map((name) => Number(node.getAttribute(name))),
      );
      const found = await page.evaluate(
        async ([url, r, c, px, py]) => {
          const bytes = await (await fetch(String(url))).arrayBuffer();
          const all = new Uint8Array(bytes);
          const end = all.indexOf(10);
          const head = JSON.parse(new TextDecoder().decode(all.subarray(0, end)));
          const at = end + 1 + 2 * (Number(r) * head.columns + Number(c));
          const value = new DataView(bytes).getUint16(at, true);
          const canvas = document.querySelector<HTMLCanvasElement>('.viewport canvas')!;
          const place = canvas.getBoundingClientRect();
          const scale = canvas.width / place.width;
          const [sx, sy] = [(Number(px) - place.left) * scale, (Number(py) - place.top) * scale];
          const grey = canvas.getContext('2d')!.getImageData(Math.floor(sx), Math.floor(sy), 1, 1).data[0];
          return { value, grey, head };
        },
        [id, row!, column!, x, y],
      );
      expect(found.value).toBe(stored);
      const { slope, intercept, window } = found.head;
      const share = (found.value * slope + intercept - window.low) / (window.high - window.low);
      const expected = 255 * Math.min(1, Math.max(0, share));
      // The pointer may stand on the edge of a pixel; the probe then names the one, the canvas the other.
      if (Math.abs(found.grey! - expected) > 1) {
        const again = await page.evaluate(
          ([px, py]) => {
            const canvas = document.querySelector<HTMLCanvasElement>('.viewport canvas')!;
            const place = canvas.getBoundingClientRect();
            const scale = canvas.width / place.width;
            const [sx, sy] = [(px! - place.left) * scale, (py! - place.top) * scale];
            const { data } = canvas
              .getContext('2d')!
              .getImageData(Math.floor(sx) - 1, Math.floor(sy) - 1, 3, 3);
            return [...data].filter((_, k) => k % 4 === 0);
          },
          [x, y],
        );
        expect(
          again.some((grey) => Math.abs(grey - expected) <= 1),
          `${again} for ${expected}`,
        ).toBe(true);
      }
    }
  });

  it('measures and turns with linked views, by mouse and keyboard', async () => {
    const viewport = page.locator('.viewport').first();
    await page.keyboard.press('l');
    const box = (await viewport.boundingBox())!;
    await page.mouse.click(box.x + 200, box.y + 200);
    await page.mouse.click(box.x + 260, box.y + 200);
    await page.locator('.overlay text').waitFor();
    expect(await page.locator('.overlay text').textContent()).toMatch(/^\d+\.\d mm$/);
    for (const key of ['t', 'h', 'i', '+', 'w', 'ArrowDown', '0']) await page.keyboard.press(key);
    await expect
      .poll(() => viewport.getByRole('img').getAttribute('aria-label'), patience)
      .toMatch(/^Slice 2 of/);
    expect(await seriousAxe(page)).toEqual([]);
  });

  it('generates a review set; verdicts by keyboard, with undo, kept with reader and time', async () => {
    await go('#/review');
    await page.getByLabel('Slices', { exact: true }).fill('24');
    await page.getByRole('button', { name: 'Generate' }).click();
    await page.locator('.curation').waitFor({ timeout: 240_000 });
    await page.getByLabel('Reader code').fill('R1');
    await page.locator('.viewport').first().focus();
    await page.keyboard.press('x');
    await page.getByText('0 accepted, 1 rejected, 0 marked, 23 open').waitFor();
    await page.keyboard.press('a');
    await page.getByText('1 accepted, 1 rejected, 0 marked, 22 open').waitFor();
    await page.keyboard.press('u');
    await page.getByText('0 accepted, 1 rejected, 0 marked, 23 open').waitFor();
    for (const key of ['d', 'f', 'v', 'v']) await page.keyboard.press(key);
    expect(await seriousAxe(page)).toEqual([]);
    await page.reload();
    await page.getByText('0 accepted, 1 rejected, 0 marked, 23 open').waitFor();
    await page.getByText(/rejected · R1/).waitFor();
  });

  it('exports what was not rejected, and says so', async () => {
    const out = join(workspace.dir, '..', 'out');
    const args = ['generate', '--workspace', workspace.dir, '--run', 'run-0001', '--count', '4'];
    expect(await cli(...args, '--format', 'png', '--out', out)).toBe(0);
    const manifest = JSON.parse(readFileSync(join(out, 'manifest.json'), 'utf8'));
    expect(manifest.slices.map((slice: { index: number }) => slice.index)).not.toContain(0);
    expect(JSON.stringify(manifest)).toContain('"rejectedByReaders":1');
  });

  it('makes a study of 24 cases, which a reader reads by keyboard alone', async () => {
    await go('#/review/studies');
    await page.getByRole('button', { name: 'New study…' }).click();
    const form = page.getByRole('dialog', { name: 'New study…' });
    await form.getByLabel('Name').fill('Pilot');
    await form.getByLabel('Cases', { exact: true }).fill('24');
    await form.getByLabel('Training cases').fill('2');
    await form.getByText(/\d+ cases for 3 readers/).waitFor();
    expect(await seriousAxe(page)).toEqual([]);
    await form.getByRole('button', { name: 'Create study' }).click();
    await page.getByText('24 cases, 2 for training').waitFor({ timeout: 240_000 });
    await page.getByRole('link', { name: 'Read', exact: true }).click();
    await page.getByLabel('Reader code').fill('R1');
    await page.keyboard.press('Enter');
    await page.getByText('Training 1 of 2: not counted').waitFor();
    expect(await seriousAxe(page)).toEqual([]);
    for (let i = 0; i < 2; i++) {
      await answer(page, i % 2 === 0, 3);
      await page.getByRole('button', { name: 'Next' }).waitFor();
      await page.keyboard.press('Enter');
    }
    for (let i = 0; i < 10; i++) {
      await page.getByText(`Case ${i + 1} of 24`).waitFor();
      await answer(page, i % 2 === 0, 1 + (i % 5));
    }
    await page.getByText('Case 11 of 24').waitFor();
  });

  it('goes on after the studio was killed, with every answer given', async () => {
    await server.close();
    server = await startServer({ workspace: workspace.dir });
    await page.goto(server.url);
    await go('#/review/study-1');
    // Another port is another origin: the browser has kept no code for it.
    await page.getByLabel('Reader code').fill('R1');
    await page.getByRole('button', { name: 'Begin' }).click();
    await page.getByText('Case 11 of 24').waitFor();
    for (let i = 10; i < 24; i++) {
      await page.getByText(`Case ${i + 1} of 24`).waitFor();
      await answer(page, i % 2 === 0, 1 + (i % 5));
    }
    await page.getByText('All cases are read').waitFor();
    expect(await page.locator('.reading-code').textContent()).toMatch(/^[0-9A-F]{4}-[0-9A-F]{4}$/);
    expect(await seriousAxe(page)).toEqual([]);
  });

  it('told nothing but pixels: addresses, headers and lengths are those of chance', () => {
    const ws = Workspace.open(workspace.dir);
    const store = new StudyStore(ws);
    const { key, public: study } = store.get(1) as unknown as {
      key: { cases: { id: string; answer: string }[] };
      public: { cases: { id: string; images: number[] }[] };
    };
    store.close();
    ws.close();
    expect(responses.length).toBeGreaterThanOrEqual(26);
    expect(new Set(responses.map(({ headers }) => headers)).size).toBe(1);
    expect(new Set(responses.map(({ bytes }) => bytes))).toEqual(new Set([32 * 32 * 2]));
    const truth = new Map(key.cases.map(({ id, answer: is }) => [id, is]));
    const places = (is: string) =>
      study.cases.filter(({ id }) => truth.get(id) === is).map(({ images }) => images[0]!);
    expect(places('real')).toHaveLength(12);
    expect(places('synthetic')).toHaveLength(12);
    expect(JSON.stringify(study)).not.toContain('run-0001');
  });

  it('shows and saves the results', async () => {
    await go('#/review/results-1');
    const results = page.getByRole('article', { name: 'Pilot' });
    await results.getByRole('img', { name: 'ROC curve' }).waitFor();
    expect(await results.getByRole('row').count()).toBe(3);
    expect(await seriousAxe(page)).toEqual([]);
    const saving = page.waitForEvent('download');
    await results.getByRole('button', { name: 'Report' }).click();
    const report = readFileSync(await (await saving).path(), 'utf8');
    expect(report).toContain('<h1>Pilot</h1>');
    expect(report).toContain('24 cases of 32 × 32 pixels, 2 training cases');
    expect(report).not.toContain('<script');
  });

  it('speaks Japanese', async () => {
    await page.getByRole('button', { name: /日本語/ }).click();
    await page.getByRole('heading', { name: 'レビュー' }).waitFor();
    await page.getByRole('button', { name: /English/ }).click();
  });

  it('gave no cause for complaint', () => {
    // The canvas warning is of this spec's own reading of pixels.
    expect(
      complaints.filter((text) => !/willReadFrequently|WebSocket|ERR_CONNECTION_REFUSED|401/.test(text)),
    ).toEqual([]);
  });
});

/** An answer by keyboard, once the picture is there. */
async function answer(page: Page, left: boolean, confidence: number): Promise<void> {
  await page.locator('.reading-options .button:not([disabled])').first().waitFor();
  await page.keyboard.press(left ? 'ArrowLeft' : 'ArrowRight');
  await page.locator('.button.chosen').waitFor();
  await page.keyboard.press(String(confidence));
}
