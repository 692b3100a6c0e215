/**
 * `node scripts/screens.ts [seconds]`: pictures of the app for docs/screens, on the digital phantom alone. Makes a
 * workspace, trains a run for so many seconds while it looks at it, and draws the screens in both languages.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { appVersion } from '../src/base/runtime.ts';
import { writePhantom } from '../src/phantom/index.ts';
import { startServer } from '../src/server/index.ts';
import { importPaths } from '../src/studio/import/index.ts';
import { Workspace } from '../src/workspace/index.ts';
import { openBrowser } from '../tests/e2e/support/browser.ts';

const out = fileURLToPath(new URL('../docs/screens', import.meta.url));
const seconds = Number(process.argv[2] ?? 60);

async function phantomWorkspace(folder: string): Promise<string> {
  const scans = join(folder, 'phantom');
  await writePhantom({ outDir: scans, subjects: 6, slicesPerSubject: 40, seed: 1, appVersion });
  const dir = join(folder, 'study');
  const ws = Workspace.create(dir, { write: true });
  await importPaths(ws, { paths: [scans], dataset: 'phantom' });
  ws.close();
  return dir;
}

async function shoot(page: Page, name: string): Promise<void> {
  await page.waitForTimeout(800);
  writeFileSync(join(out, `${name}.png`), await page.screenshot({ animations: 'disabled' }));
  process.stdout.write(`${name}.png\n`);
}

const go = (page: Page, hash: string) =>
  page.evaluate((next) => {
    location.hash = next;
  }, hash);

async function train(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Train a model…' }).click();
  const form = page.getByRole('dialog', { name: 'Train on phantom' });
  await form.getByRole('radio', { name: 'images' }).click();
  await form.getByRole('textbox', { name: 'Length' }).fill('60000');
  await form.getByRole('button', { name: 'Start training' }).click();
  await page.getByRole('img', { name: /Losses/ }).waitFor({ timeout: 120_000 });
}

const folder = mkdtempSync(join(tmpdir(), 'gantry-screens-'));
try {
  mkdirSync(out, { recursive: true });
  const server = await startServer({ workspace: await phantomWorkspace(folder) });
  const context = await openBrowser(1280, 800);
  const page = await context.newPage();
  await page.goto(server.url);
  await page.getByRole('heading', { name: 'phantom' }).waitFor();
  await shoot(page, 'datasets');
  await page.getByRole('button', { name: 'Import scans…' }).click();
  await shoot(page, 'import');
  await page.keyboard.press('Escape');
  await train(page);
  await page.waitForTimeout(seconds * 1000);
  await page.getByRole('button', { name: /^Pause: / }).click();
  await page.getByText('paused', { exact: true }).first().waitFor({ timeout: 60_000 });
  await page.locator('.sheet').waitFor({ timeout: 60_000 });
  await shoot(page, 'training');
  await page.setViewportSize({ width: 1920, height: 1080 });
  await shoot(page, 'training-1920');
  await page.setViewportSize({ width: 1280, height: 800 });
  await go(page, '#/compare/run-0001');
  await page.getByRole('img', { name: /synthetic slices/ }).waitFor({ timeout: 60_000 });
  await shoot(page, 'compare');
  await go(page, '#/generate/run-0001');
  await page.getByText(/Synthetic Data: YES/).waitFor();
  await shoot(page, 'generate');
  await go(page, '#/review');
  await page.getByRole('textbox', { name: 'Slices' }).fill('48');
  await page.getByRole('button', { name: 'Generate' }).click();
  await page.locator('.curation .viewport[aria-busy="false"]').first().waitFor({ timeout: 240_000 });
  await shoot(page, 'review');
  await go(page, '#/review/studies');
  await page.getByRole('button', { name: 'New study…' }).click();
  const study = page.getByRole('dialog', { name: 'New study…' });
  await study.getByLabel('Name').fill('Phantom pilot');
  await study.getByLabel('Cases', { exact: true }).fill('24');
  await study.getByText(/\d+ cases for 3 readers/).waitFor();
  await shoot(page, 'study');
  await page.keyboard.press('Escape');
  await go(page, '#/settings');
  await page.getByText('free on this disk').waitFor();
  await shoot(page, 'settings');
  await page.getByRole('radio', { name: 'light' }).click();
  await page.getByRole('radio', { name: '日本語' }).click();
  await go(page, '#/runs/run-0001');
  await page.getByRole('heading', { name: '曲線' }).waitFor();
  await shoot(page, 'training-ja-light');
  await go(page, '#/datasets');
  await shoot(page, 'datasets-ja-light');
  await context.close();
  await server.close();
} finally {
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
}
