import type { BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RunningServer, startServer } from '../../src/server/index.ts';
import { keepStudy } from '../../src/studio/study/create.ts';
import { Workspace } from '../../src/workspace/index.ts';
import { makeStudy } from '../unit/studio/study/makeStudy.ts';
import { browserPath, openBrowser } from './support/browser.ts';
import { seriousAxe } from './support/page.ts';
import { emptyWorkspace, type TestWorkspace } from './support/workspace.ts';

const cases = 6;
const patience = { timeout: 60_000 };

describe.skipIf(browserPath === undefined)('a study of pairs', { timeout: 240_000 }, () => {
  const { study, key, images } = makeStudy('Pairs', 'run-0001', { kind: 'forced-choice', cases });
  let workspace: TestWorkspace;
  let server: RunningServer;
  let context: BrowserContext;
  let page: Page;

  beforeAll(async () => {
    workspace = emptyWorkspace();
    const ws = Workspace.open(workspace.dir);
    keepStudy(ws, study, key, images);
    ws.close();
    server = await startServer({ workspace: workspace.dir });
    context = await openBrowser();
    page = await context.newPage();
    page.setDefaultTimeout(patience.timeout);
    await page.goto(`${server.url}#/review/study-1`);
  }, 240_000);
  afterAll(async () => {
    await context?.close();
    await server?.close();
    workspace?.remove();
  });

  it('is read by keyboard alone, and every case looks the same to a script', async () => {
    await page.getByLabel('Reader code').waitFor();
    // The field has the focus by itself.
    await page.keyboard.type('R1');
    await page.keyboard.press('Enter');
    const looks = new Set<string>();
    for (let i = 0; i < 2 + cases; i++) {
      await page.getByText(i < 2 ? `Training ${i + 1} of 2` : `Case ${i - 1} of ${cases}`).waitFor();
      await page.locator('.reading-options .button:not([disabled])').first().waitFor();
      expect(await page.locator('.viewport canvas').count()).toBe(2);
      if (i === 2) expect(await seriousAxe(page)).toEqual([]);
      if (i >= 2) {
        const html = await page.locator('.reading').evaluate((node) => node.outerHTML);
        // The place in the study is public; identifiers of React count on from case to case.
        looks.add(html.replace(`Case ${i - 1} of`, 'Case N of').replace(/react-aria-?[\w:«»-]+/g, 'id'));
      }
      await page.keyboard.press('ArrowLeft');
      await page.locator('.button.chosen').waitFor();
      await page.keyboard.press(String(1 + (i % 5)));
      if (i < 2) {
        await page.getByRole('button', { name: 'Next' }).waitFor();
        await page.keyboard.press('Enter');
      }
    }
    await page.getByText('All cases are read').waitFor();
    expect(await page.locator('.reading-code').textContent()).toMatch(/^[0-9A-F]{4}-[0-9A-F]{4}$/);
    expect([...looks]).toHaveLength(1);
  });

  it('gives the accuracy, which is the ROC area, and no sensitivity', async () => {
    await page.evaluate(() => {
      location.hash = '#/review/results-1';
    });
    const results = page.getByRole('article', { name: 'Pairs' });
    await results.waitFor();
    // The synthetic one stands left in half of the pairs, and this reader always said left.
    const right = key.cases.filter(({ answer }) => answer === 'left').length;
    expect(right).toBe(cases / 2);
    const row = results.getByRole('row').filter({ hasText: 'R1' });
    await row.getByText('50.0 %').first().waitFor();
    expect(await results.getByText('Sensitivity').count()).toBe(0);
    await results.getByText(/Nothing is shown/).waitFor();
    expect(await seriousAxe(page)).toEqual([]);
  });
});
