/**
 * `node scripts/screens.ts`: pictures of the app on the digital phantom alone. Makes a workspace, trains a small run in
 * it, and draws the screens of docs/screens. With `--out FOLDER` it draws every screen there, in both languages at
 * 1280 x 800 and 1920 x 1080, for somebody to look at; `--only review,study` limits it to some, `--workspace W` takes
 * one that was made before (`--keep W` leaves it), `--images N` says how long the run is trained.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { Page } from 'playwright-core';
import { en } from '../renderer/lib/i18n/en.ts';
import { ja } from '../renderer/lib/i18n/ja.ts';
import { startServer } from '../src/server/index.ts';
import { openBrowser } from '../tests/e2e/support/browser.ts';
import { newWorkspace, shownWorkspace } from './screensWorkspace.ts';

const texts = { en, ja };
const sizes = { 1280: 800, 1920: 1080 } as const;

interface Look {
  readonly language: 'en' | 'ja';
  readonly theme: 'dark' | 'light';
  readonly width: keyof typeof sizes;
}

/** A screen: where it is, and what is done and waited for there. */
interface Screen {
  readonly name: string;
  readonly hash: string;
  ready(page: Page, t: (key: keyof typeof en) => string): Promise<unknown>;
}

const shown = (selector: string) => (page: Page) => page.locator(selector).first().waitFor();

const screens: readonly Screen[] = [
  { name: 'datasets', hash: '#/datasets', ready: shown('.tile img') },
  {
    name: 'import',
    hash: '#/datasets',
    async ready(page, t) {
      await page.getByRole('button', { name: t('import.open') }).click();
      await page.getByRole('dialog').waitFor();
    },
  },
  {
    name: 'train',
    hash: '#/datasets',
    async ready(page, t) {
      await page.getByRole('button', { name: t('train.open') }).click();
      await page.getByRole('dialog').waitFor();
      // The prediction tests the machine first.
      await page.waitForTimeout(8000);
    },
  },
  {
    name: 'training',
    hash: '#/runs/run-0001',
    async ready(page) {
      await page.locator('.u-over').first().waitFor();
      await page.waitForFunction(() => {
        const sheet = document.querySelector('.sheet');
        const image = sheet instanceof HTMLImageElement ? sheet : sheet?.querySelector('img');
        return image !== null && image !== undefined && image.naturalWidth > 0;
      });
    },
  },
  {
    name: 'samples',
    hash: '#/runs/run-0001',
    async ready(page) {
      await page.locator('.sheet').last().scrollIntoViewIfNeeded();
      await page.mouse.move(800, 400);
      await page.mouse.wheel(0, 5000);
    },
  },
  { name: 'compare', hash: '#/compare/run-0001', ready: shown('.compare-sides [role="img"]') },
  {
    name: 'review',
    hash: '#/review/set-1',
    async ready(page) {
      await page.locator('.curation .viewport[aria-busy="false"]').first().waitFor();
      await page.getByRole('textbox').first().fill('R1');
      await page.keyboard.press('Tab');
    },
  },
  {
    name: 'viewer',
    hash: '#/review/slices-1',
    async ready(page) {
      await page.getByRole('radio', { name: '2×2', exact: true }).click();
      await page.locator('.viewport[aria-busy="false"]').nth(3).waitFor();
      const box = (await page.locator('.viewport').first().boundingBox())!;
      await page.keyboard.press('l');
      await page.mouse.click(box.x + box.width / 2 - 60, box.y + box.height / 2);
      await page.mouse.click(box.x + box.width / 2 + 60, box.y + box.height / 2);
      await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2 + 30);
    },
  },
  { name: 'sets', hash: '#/review/sets', ready: shown('.card') },
  { name: 'studies', hash: '#/review/studies', ready: shown('.card') },
  {
    name: 'study',
    hash: '#/review/studies',
    async ready(page, t) {
      await page.getByRole('button', { name: t('study.new') }).click();
      await page.getByRole('dialog').waitFor();
    },
  },
  {
    name: 'reading',
    hash: '#/review/study-2',
    async ready(page, t) {
      await page.getByLabel(t('review.reader')).fill('R9');
      await page.keyboard.press('Enter');
      await page.locator('.reading .viewport[aria-busy="false"]').first().waitFor();
      await page.keyboard.press('ArrowRight');
    },
  },
  { name: 'results', hash: '#/review/results-1', ready: shown('.roc') },
  { name: 'generate', hash: '#/generate/run-0001', ready: shown('.detail form, .detail .section') },
  { name: 'explore', hash: '#/explore/run-0001', ready: shown('.detail form, .detail .section') },
  { name: 'evaluate', hash: '#/evaluate/run-0001', ready: shown('.evaluation-figures, .detail .table') },
  { name: 'settings', hash: '#/settings', ready: shown('.detail dd') },
  { name: 'help', hash: '#/help', ready: shown('.help h2') },
  {
    name: 'commands',
    hash: '#/help',
    async ready(page) {
      await page.locator('.help h2').first().waitFor();
      await page.keyboard.press('Control+k');
      await page.getByRole('dialog').waitFor();
    },
  },
];

/** In a workspace without anything. */
const first: Screen = { name: 'first', hash: '#/datasets', ready: shown('main h2, main button') };

/** What docs/screens holds: all in English, some of them large or in Japanese. */
const kept: Readonly<Record<string, readonly string[]>> = {
  '': screens.map(({ name }) => name).filter((name) => name !== 'samples' && name !== 'sets'),
  '-1920': ['training', 'review'],
  '-ja-light': ['datasets', 'training', 'review', 'results', 'help'],
};

const suffix = ({ language, theme, width }: Look) =>
  `${language === 'ja' ? '-ja' : ''}${theme === 'light' ? '-light' : ''}${width === 1280 ? '' : `-${width}`}`;

async function wear(page: Page, { language, theme, width }: Look): Promise<void> {
  await page.setViewportSize({ width, height: sizes[width] });
  await page.evaluate(
    ([nextLanguage, nextTheme]) => {
      localStorage.setItem('language', nextLanguage!);
      localStorage.setItem('theme', nextTheme!);
    },
    [language, theme],
  );
}

async function draw(page: Page, out: string, look: Look, screen: Screen): Promise<void> {
  const name = `${screen.name}${suffix(look)}.png`;
  // Anew each time: a dialog or a tool of the screen before is gone.
  await page.evaluate((hash) => {
    location.hash = hash;
  }, screen.hash);
  await page.reload();
  try {
    await screen.ready(page, (key) => texts[look.language][key]);
  } catch (error) {
    process.stdout.write(`${name}: ${String(error).split('\n')[0]}\n`);
    process.exitCode = 1;
  }
  await page.waitForTimeout(800);
  writeFileSync(join(out, name), await page.screenshot({ animations: 'disabled' }));
  process.stdout.write(`${name}\n`);
}

/** An evaluation by the screen's own button. */
async function evaluate(page: Page): Promise<void> {
  await page.evaluate(() => {
    location.hash = '#/evaluate/run-0001';
  });
  await page.getByRole('textbox', { name: en['evaluate.count'] }).fill('200');
  await page.getByRole('button', { name: en['evaluate.start'], exact: true }).click();
  await page.locator('.detail .table').first().waitFor({ timeout: 600_000 });
}

const own = fileURLToPath(new URL('../docs/screens', import.meta.url));
const { values } = parseArgs({
  options: {
    out: { type: 'string', default: own },
    only: { type: 'string' },
    images: { type: 'string', default: '24000' },
    workspace: { type: 'string' },
    keep: { type: 'string' },
  },
});
const { out } = values;
const only = values.only?.split(',');
const isWanted = (look: Look, { name }: Screen) =>
  only === undefined ? out !== own || kept[suffix(look)]?.includes(name) === true : only.includes(name);
const looks: readonly Look[] =
  out === own
    ? [
        { language: 'en', theme: 'dark', width: 1280 },
        { language: 'en', theme: 'dark', width: 1920 },
        { language: 'ja', theme: 'light', width: 1280 },
      ]
    : (['en', 'ja'] as const).flatMap((language) =>
        ([1280, 1920] as const).map((width): Look => {
          return { language, theme: language === 'ja' ? 'light' : 'dark', width };
        }),
      );

const folder = mkdtempSync(join(tmpdir(), 'gantry-screens-'));
try {
  mkdirSync(out, { recursive: true });
  const made = values.workspace ?? (await shownWorkspace(values.keep ?? folder, Number(values.images)));
  const server = await startServer({ workspace: made });
  const empty = await startServer({ workspace: newWorkspace(folder) });
  const context = await openBrowser(1280, 800);
  const page = await context.newPage();
  await page.goto(server.url);
  if (values.workspace === undefined) await evaluate(page);
  for (const look of looks) {
    await page.goto(server.url);
    await wear(page, look);
    for (const screen of screens) {
      if (isWanted(look, screen)) await draw(page, out, look, screen);
    }
    if (look.width !== 1280 || !(only?.includes(first.name) ?? true)) continue;
    await page.goto(empty.url);
    await wear(page, look);
    await draw(page, out, look, first);
  }
  await context.close();
  await server.close();
  await empty.close();
} finally {
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
}
