import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from 'playwright-core';

/** Everything that a page complained about; a good page says nothing. */
export function watch(page: Page): string[] {
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('requestfailed', (request) => {
    // A picture that scrolled out of view, or a page that was left, gives up its requests.
    if (request.failure()?.errorText !== 'net::ERR_ABORTED') complaints.push(`failed: ${request.url()}`);
  });
  return complaints;
}

/** Serious and critical faults that axe finds on the page as it is. */
export async function seriousAxe(page: Page): Promise<string[]> {
  // There are no frames to reach, so axe needs no second page.
  const { violations } = await new AxeBuilder({ page }).setLegacyMode(true).analyze();
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(' | ')}`);
}

/** Pictures whose pixels are there. */
export async function loadedImages(page: Page, selector: string): Promise<number> {
  return page
    .locator(selector)
    .evaluateAll((images) => images.filter((i) => (i as HTMLImageElement).naturalWidth > 0).length);
}
