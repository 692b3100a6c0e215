import type { BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RunningServer, startServer } from '../../src/server/index.ts';
import { Workspace } from '../../src/workspace/index.ts';
import { browserPath, openBrowser } from './support/browser.ts';
import { seriousAxe, watch } from './support/page.ts';
import { type TestWorkspace, trainedWorkspace } from './support/workspace.ts';

const patient = { timeout: 60_000 };

describe.skipIf(browserPath === undefined)('the dialog of a new training', () => {
  let workspace: TestWorkspace;
  let server: RunningServer;
  let context: BrowserContext;
  let page: Page;
  let complaints: string[];

  beforeAll(async () => {
    workspace = await trainedWorkspace(320);
    // The kept run stands for one that went on long enough to tell a rate: 320 images in 32 seconds.
    const ws = Workspace.open(workspace.dir, { write: true });
    ws.updateRun('run-0001', { seconds: 32 });
    ws.close();
    server = await startServer({ workspace: workspace.dir });
    context = await openBrowser();
    page = await context.newPage();
    complaints = watch(page);
    await page.goto(server.url);
    await page.getByRole('button', { name: 'Train a model…' }).click(patient);
  });
  afterAll(async () => {
    await context?.close();
    await server?.close();
    workspace?.remove();
  });
  const dialog = () => page.getByRole('dialog', { name: 'Train on made' });
  const prediction = () => dialog().getByRole('region', { name: 'What it will take' });
  const choose = async (label: string, option: string) => {
    await dialog().getByRole('button', { name: label }).click();
    await page.getByRole('option', { name: option, exact: true }).click();
  };

  it('tells time, memory and disk, and what they rest on', async () => {
    await choose('Image size', '32');
    await dialog().getByRole('radio', { name: 'images', exact: true }).click();
    await dialog().getByRole('textbox', { name: 'Length' }).fill('6000');
    // 6,000 images at the ten a second of the run that is there.
    await prediction().getByText('About 10 min: 6,000 images, 10 a second.').waitFor(patient);
    await prediction().getByText('as in earlier runs here with the same networks on cpu').waitFor();
    await prediction()
      .getByText(/^About .* of .* in this machine/)
      .waitFor();
    await prediction()
      .getByText(/^At most .* are free/)
      .waitFor();
    expect(await seriousAxe(page)).toEqual([]);
    // Without a length nothing is known, and what was said of the last one is gone.
    const length = dialog().getByRole('textbox', { name: 'Length' });
    await length.fill('');
    await expect.poll(() => prediction().getByRole('status').textContent(), patient).toBe('');
    expect(await dialog().getByRole('button', { name: 'Start training' }).isDisabled()).toBe(true);
    await length.fill('6000');
    await prediction().getByRole('status').getByText('About 10 min: 6,000 images').waitFor(patient);
  });

  it('counts the values of every label, and says beside them what cannot be a condition', async () => {
    const label = dialog().getByRole('checkbox', { name: 'modality' });
    await dialog().getByText('MR 48').waitFor(patient);
    await label.focus();
    await page.keyboard.press('Space');
    // All slices are of one modality.
    await dialog()
      .getByRole('group', { name: /Labels/ })
      .getByRole('alert')
      .waitFor(patient);
    expect(await dialog().getByRole('alert').textContent()).toContain('one value of "modality"');
    await page.keyboard.press('Space');
    await expect.poll(() => dialog().getByRole('alert').count(), patient).toBe(0);
  });

  it('says beside the device why it cannot be used, and trains on nothing else', async () => {
    const missing = process.platform === 'win32' ? 'cuda' : 'directml';
    await choose('Device', `${missing} (not here)`);
    await dialog()
      .getByRole('alert')
      .getByText(/has no directml|not installed|has no cuda/)
      .waitFor(patient);
    await choose('Device', 'cpu');
    await expect.poll(() => dialog().getByRole('alert').count(), patient).toBe(0);
  });

  it('starts the run that was chosen, whose log tells the prediction', async () => {
    await dialog().getByRole('textbox', { name: 'Length' }).fill('64');
    await dialog().getByRole('button', { name: 'Start training' }).click();
    const run = page.getByRole('article', { name: 'run-0002' });
    await run.getByText('complete', { exact: false }).first().waitFor({ timeout: 120_000 });
    await run
      .getByText(/Time: about .* for 64 images/)
      .first()
      .waitFor(patient);
    const ws = Workspace.open(workspace.dir);
    expect(ws.run('run-0002')).toMatchObject({ device: 'cpu', size: 32, totalImages: 64 });
    ws.close();
  });

  it('gave no cause for complaint', () => {
    expect(complaints.filter((text) => !/status of (404|500)/.test(text))).toEqual([]);
  });
});
