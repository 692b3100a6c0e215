import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RunningServer, startServer } from '../../src/server/index.ts';
import { Workspace } from '../../src/workspace/index.ts';
import { madeDicom } from '../unit/studio/import/makeDicom.ts';
import { browserPath, openBrowser } from './support/browser.ts';
import { loadedImages, seriousAxe, watch } from './support/page.ts';

/** Folders as a user has them: two subjects, a text beside them, and a file that is cut off. */
function makeScans(folder: string): void {
  for (const subject of ['sub-a', 'sub-b']) {
    mkdirSync(join(folder, subject), { recursive: true });
    for (let i = 1; i <= 6; i++) {
      const made = madeDicom({ instance: i, patientId: subject, series: `1.2.3.${subject.charCodeAt(4)}` });
      writeFileSync(join(folder, subject, `${i}.dcm`), made);
      if (i === 6) writeFileSync(join(folder, subject, 'broken.dcm'), made.subarray(0, 400));
    }
  }
  writeFileSync(join(folder, 'readme.txt'), 'About these scans.');
}

/** Two volumes of sagittal slices, each in a folder of its own, and a table of labels about the folders. */
function makeVolumes(folder: string): void {
  for (const name of ['left', 'right']) {
    mkdirSync(join(folder, name), { recursive: true });
    for (let i = 1; i <= 10; i++) {
      const [position, orientation] = [
        [i * 2, 0, 0],
        [0, 1, 0, 0, 0, -1],
      ];
      // One patient: only the folders tell the two apart.
      const series = `1.2.4.${name.length}`;
      const extra = [[0x0010, 0x0040, 'CS', 'F']] as const;
      writeFileSync(
        join(folder, name, `${i}.dcm`),
        madeDicom({ instance: i, series, position, orientation, extra }),
      );
    }
  }
}

describe.skipIf(browserPath === undefined)('importing from the app', () => {
  const folder = mkdtempSync(join(tmpdir(), 'gantry-import-'));
  let server: RunningServer;
  let context: BrowserContext;
  let page: Page;
  let complaints: string[];

  beforeAll(async () => {
    makeScans(join(folder, 'scans'));
    makeVolumes(join(folder, 'volumes'));
    writeFileSync(join(folder, 'labels.csv'), 'subject,group\nleft,patients\nright,controls\n');
    server = await startServer({
      workspace: join(folder, 'study'),
      allow: [join(folder, 'scans'), join(folder, 'volumes')],
    });
    context = await openBrowser();
    page = await context.newPage();
    complaints = watch(page);
    await page.goto(server.url);
  });
  afterAll(async () => {
    await context?.close();
    await server?.close();
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  });
  const dialog = () => page.getByRole('dialog', { name: 'Import scans' });

  it('imports a folder that the host allowed, chosen by its name', async () => {
    await page.getByRole('button', { name: 'Import scans…' }).click();
    expect(await seriousAxe(page)).toEqual([]);
    await dialog().getByRole('option', { name: 'scans' }).press('Enter');
    await dialog().getByText('1 files here').waitFor();
    await dialog().getByRole('option', { name: 'sub-a' }).click();
    await dialog().getByText('Chosen: sub-a').waitFor();
    await dialog().getByText('7 files here').waitFor();
    await dialog().getByRole('button', { name: 'Up one folder' }).click();
    expect(await dialog().getByLabel('Dataset', { exact: true }).inputValue()).toBe('scans');
    await dialog().getByLabel('Dataset', { exact: true }).fill('allowed');
    await dialog().getByRole('button', { name: 'Import', exact: true }).click();
    await dialog().waitFor({ state: 'detached' });
    await page.getByRole('heading', { name: 'allowed' }).waitFor({ timeout: 30_000 });
    await expect.poll(() => loadedImages(page, '.cover img'), { timeout: 20_000 }).toBe(4);
    expect(await page.content()).not.toContain(folder);
  });

  it('shows the job at the foot of every screen, with what could not be used and why', async () => {
    await page.getByRole('button', { name: /^Jobs/ }).click();
    const jobs = page.getByRole('dialog', { name: 'Jobs' });
    await jobs.getByText('Import into allowed').waitFor();
    await jobs.getByText(/12 slices added.*3 rejected/).waitFor();
    expect(await seriousAxe(page)).toEqual([]);
    await jobs.getByRole('button', { name: 'Show reasons' }).click();
    const reasons = page.getByRole('dialog', { name: 'What could not be used' });
    await reasons.getByText('sub-a/broken.dcm').waitFor();
    await reasons.getByText('NOT_AN_IMAGE').waitFor();
    expect(await seriousAxe(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await page.keyboard.press('Escape');
  });

  it('imports files that the page sends', async () => {
    await page.keyboard.press('Control+k');
    await page.keyboard.type('Import');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await dialog().getByRole('radio', { name: 'From this computer' }).click();
    const chooser = page.waitForEvent('filechooser');
    await dialog().getByRole('button', { name: 'Choose folder…' }).click();
    await (await chooser).setFiles(join(folder, 'scans'));
    await dialog()
      .getByText(/15 files/)
      .waitFor();
    await dialog().getByLabel('Dataset', { exact: true }).fill('sent');
    await dialog().getByRole('button', { name: 'Import', exact: true }).click();
    await dialog().waitFor({ state: 'detached' });
    await page.getByRole('link', { name: /sent/ }).waitFor({ timeout: 30_000 });
    await page.getByRole('link', { name: /sent/ }).getByText('12 slices').waitFor();
  });

  it('leaves nothing of the scans behind when sending fails', async () => {
    await page.getByRole('button', { name: 'Import scans…' }).click();
    await dialog().getByRole('radio', { name: 'From this computer' }).click();
    const chooser = page.waitForEvent('filechooser');
    await dialog().getByRole('button', { name: 'Choose folder…' }).click();
    await (await chooser).setFiles(join(folder, 'scans'));
    const table = page.waitForEvent('filechooser');
    await dialog().getByRole('button', { name: 'Choose table…' }).click();
    await (await table).setFiles(join(folder, 'labels.csv'));
    const one = (url: URL) => url.href.includes('readme.txt');
    let staged: string[] = [];
    await page.route(one, (route) => {
      staged = readdirSync(join(folder, 'study')).filter((name) => name.startsWith('upload-'));
      return route.abort();
    });
    await dialog().getByLabel('Dataset', { exact: true }).fill('lost');
    await dialog().getByRole('button', { name: 'Import', exact: true }).click();
    await dialog().getByRole('alert').waitFor({ timeout: 8000 });
    expect(staged).toHaveLength(2);
    const left = () => readdirSync(join(folder, 'study')).filter((name) => name.startsWith('upload-'));
    await expect.poll(left).toEqual([]);
    await page.unroute(one);
    // The button that was pressed keeps the focus while it is at work, so that the dialog hears its keys.
    const isInside = () => dialog().evaluate((node) => node.contains(document.activeElement));
    await expect.poll(isInside).toBe(true);
    await page.keyboard.press('Escape');
    await dialog().waitFor({ state: 'detached' });
    complaints.length = 0;
  });

  it('reads as the rules of the form say: subjects, plane, labels, colour, categories', async () => {
    await page.getByRole('button', { name: 'Import scans…' }).click();
    await dialog().getByRole('option', { name: 'volumes' }).click();
    await dialog().getByLabel('Dataset', { exact: true }).fill('ruled');
    await dialog().getByRole('radio', { name: 'a folder' }).click();
    await dialog()
      .getByRole('button', { name: /Cut volumes into/ })
      .click();
    await page.getByRole('option', { name: 'Axial' }).click();
    const chooser = page.waitForEvent('filechooser');
    await dialog().getByRole('button', { name: 'Choose table…' }).click();
    await (await chooser).setFiles(join(folder, 'labels.csv'));
    await dialog().getByText('labels.csv').waitFor();
    await dialog()
      .getByRole('checkbox', { name: /Turn colour/ })
      .press('Space');
    await dialog()
      .getByRole('checkbox', { name: /Keep sex/ })
      .press('Space');
    expect(await seriousAxe(page)).toEqual([]);
    await dialog().getByRole('button', { name: 'Import', exact: true }).click();
    await dialog().waitFor({ state: 'detached' });
    await page.getByRole('link', { name: /ruled/ }).waitFor({ timeout: 30_000 });
    using workspace = Workspace.open(join(folder, 'study'));
    await expect
      .poll(() => workspace.dataset('ruled'), { timeout: 30_000 })
      .toMatchObject({ subjects: 2, planes: ['axial'], privacy: { categories: false }, unfinished: false });
    const groups = new Set(workspace.slices('ruled').map(({ labels }) => labels?.group));
    expect(groups).toEqual(new Set(['patients', 'controls']));
    // What was sent is not kept.
    const sent = () => readdirSync(join(folder, 'study')).filter((name) => name.startsWith('upload-'));
    await expect.poll(sent, { timeout: 10_000 }).toEqual([]);
  });

  it('takes a drop anywhere in the window', async () => {
    const bytes = [...madeDicom({ instance: 1, series: '1.2.9' })];
    await page.evaluate((content) => {
      const data = new DataTransfer();
      data.items.add(new File([new Uint8Array(content)], 'one.dcm'));
      for (const type of ['dragover', 'drop']) {
        document.body.dispatchEvent(
          new DragEvent(type, { dataTransfer: data, bubbles: true, cancelable: true }),
        );
      }
    }, bytes);
    await dialog().getByText('Chosen: one.dcm').waitFor();
    expect(await dialog().getByLabel('Dataset', { exact: true }).inputValue()).toBe('one');
    await page.keyboard.press('Escape');
    await dialog().waitFor({ state: 'detached' });
  });

  it('says why nothing was imported', async () => {
    mkdirSync(join(folder, 'scans', 'texts'));
    writeFileSync(join(folder, 'scans', 'texts', 'only.txt'), 'text');
    await page.getByRole('button', { name: 'Import scans…' }).click();
    await dialog().getByRole('option', { name: 'scans' }).press('Enter');
    await dialog().getByRole('option', { name: 'texts' }).click();
    await dialog().getByText('Chosen: texts').waitFor();
    await dialog().getByRole('button', { name: 'Import', exact: true }).click();
    await page.getByRole('button', { name: /^Jobs/ }).click();
    await page.getByText('None of the files could be imported.').waitFor({ timeout: 30_000 });
    await page.keyboard.press('Escape');
  });

  it('gave no cause for complaint', () => expect(complaints).toEqual([]));
});
