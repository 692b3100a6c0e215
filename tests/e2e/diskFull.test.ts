import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { type RunningServer, startServer } from '../../src/server/index.ts';
import { madeDicom } from '../unit/studio/import/makeDicom.ts';
import { browserPath, openBrowser } from './support/browser.ts';

const patient = { timeout: 60_000 };
const folder = mkdtempSync(join(tmpdir(), 'gantry-full-'));
const disk = join(folder, 'disk');
mkdirSync(disk);
const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=48m', 'tmpfs', disk]).status === 0;
if (!mounted) console.warn('SKIPPED: the specs on a full disk need the right to mount a tmpfs.');

/** A real full disk, as somebody before the screen sees it. */
describe.skipIf(browserPath === undefined || !mounted)('the app on a disk that fills up', () => {
  const filler = join(disk, 'filler');
  const scans = join(folder, 'scans');
  let server: RunningServer;
  let context: BrowserContext;
  let page: Page;

  /** Slices of noise, which no archive makes smaller. */
  const scan = (name: string, slices: number, columns: number) => {
    mkdirSync(join(scans, name), { recursive: true });
    for (let i = 1; i <= slices; i++) {
      const values = Uint16Array.from({ length: columns * columns }, (_, at) => (at * 7919 * i) % 4001);
      const made = { instance: i, series: `1.2.3.${columns}`, rows: columns, columns, values };
      writeFileSync(join(scans, name, `${i}.dcm`), madeDicom(made));
    }
  };
  const fill = () => {
    const { bavail, bsize } = statfsSync(disk);
    try {
      writeFileSync(filler, Buffer.alloc(bavail * bsize));
    } catch {
      // As full as it gets.
    }
  };

  beforeAll(async () => {
    scan('small', 24, 32);
    scan('large', 40, 512);
    server = await startServer({ workspace: join(disk, 'study'), allow: [scans] });
    context = await openBrowser();
    page = await context.newPage();
    await page.goto(server.url);
  });
  afterAll(async () => {
    await context?.close();
    rmSync(filler, { force: true });
    await server?.close();
    spawnSync('umount', [disk]);
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  });

  const importFolder = async (name: string, dataset: string) => {
    await page.getByRole('button', { name: 'Import scans…' }).first().click(patient);
    const dialog = page.getByRole('dialog', { name: 'Import scans' });
    await dialog.getByRole('option', { name: 'scans' }).press('Enter', patient);
    await dialog.getByRole('option', { name }).click(patient);
    await dialog.getByText(`Chosen: ${name}`).waitFor(patient);
    await dialog.getByLabel('Dataset', { exact: true }).fill(dataset);
    await dialog.getByRole('button', { name: 'Import', exact: true }).click();
    await dialog.waitFor({ state: 'detached', ...patient });
  };
  const jobs = async (text: string | RegExp) => {
    await page.getByRole('button', { name: /^Jobs/ }).click(patient);
    await page.getByRole('dialog', { name: 'Jobs' }).getByText(text).first().waitFor(patient);
    await page.keyboard.press('Escape');
  };

  it('says that the disk is full during an import, and goes on when there is room', async () => {
    await importFolder('small', 'kept');
    await page.getByRole('heading', { name: 'kept' }).waitFor(patient);
    // Leaves room for a part of the slices.
    writeFileSync(filler, Buffer.alloc(38 * 1024 * 1024));
    await importFolder('large', 'large');
    await jobs('DISK_FULL');
    await page.getByRole('link', { name: /kept/ }).getByText('24 slices').waitFor(patient);
    rmSync(filler);
    await importFolder('large', 'large');
    await jobs(/slices added/);
    await page.getByRole('link', { name: /large/ }).getByText('40 slices').waitFor(patient);
  });

  it('says so during a training, which goes on from its last checkpoint when there is room', async () => {
    await page.getByRole('link', { name: /kept/ }).click(patient);
    await page.getByRole('button', { name: 'Train a model…' }).click(patient);
    const form = page.getByRole('dialog', { name: 'Train on kept' });
    await form.getByRole('button', { name: /Image size/ }).click(patient);
    await page.getByRole('option', { name: '32', exact: true }).click();
    await form.getByRole('button', { name: 'Start training' }).click(patient);
    const run = page.getByRole('article', { name: 'run-0001' });
    await run.getByRole('img', { name: /Losses/ }).waitFor({ timeout: 120_000 });
    fill();
    // Stopping writes a checkpoint, for which there is no room.
    await run.getByRole('button', { name: 'Stop' }).click(patient);
    await run
      .getByText(/disk .*is full/i)
      .first()
      .waitFor({ timeout: 120_000 });
    await run.getByText('DISK_FULL').first().waitFor(patient);
    rmSync(filler);
    await run.getByRole('button', { name: 'Resume' }).click(patient);
    await run.getByText('training', { exact: true }).waitFor(patient);
    await run.getByRole('button', { name: 'Stop' }).click(patient);
    await run.getByText('stopped', { exact: true }).waitFor({ timeout: 120_000 });
  });
});
