import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BrowserContext, chromium } from 'playwright-core';

/** A browser of this machine: the one that CHROMIUM_PATH names, Debian's, another's, or Playwright's own. */
export function findBrowser(): string | undefined {
  const places = [
    process.env.CHROMIUM_PATH,
    '/usr/bin/chromium',
    '/usr/bin/chromium-browser',
    '/usr/bin/google-chrome',
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
    chromium.executablePath(),
  ];
  return places.find((path) => path !== undefined && path !== '' && existsSync(path));
}

/** Arguments of a browser without a window that calls nobody. */
export const quiet = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Says once, loudly, that the specs do not run without a browser. */
export const browserPath = findBrowser();
if (browserPath === undefined) {
  console.warn(
    'SKIPPED: there is no Chromium. Install one (Debian: apt install chromium) or set CHROMIUM_PATH.',
  );
}

/** A browser with an empty profile; closing it removes the profile. */
export async function openBrowser(width = 1280, height = 800): Promise<BrowserContext> {
  const profile = mkdtempSync(join(tmpdir(), 'gantry-browser-'));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: browserPath ?? '',
    args: quiet,
    viewport: { width, height },
    locale: 'en-US',
  });
  context.on('close', () => rmSync(profile, { recursive: true, force: true, maxRetries: 5 }));
  return context;
}
