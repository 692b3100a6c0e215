import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { _electron } from 'playwright-core';
import { afterAll, describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '..', '..');
const home = join(root, 'node_modules', 'electron');

/** Electron's binary, which its package fetches at the first start; never fetched by a test. */
function findElectron(): string | undefined {
  const pathFile = join(home, 'path.txt');
  const folder = process.env.ELECTRON_OVERRIDE_DIST_PATH ?? join(home, 'dist');
  const name = existsSync(pathFile) ? readFileSync(pathFile, 'utf8') : 'electron';
  return existsSync(join(folder, name)) ? join(folder, name) : undefined;
}

const electron = findElectron();
const built = existsSync(join(root, 'dist', 'electron', 'main.js'));
if (electron === undefined) {
  console.warn('SKIPPED: Electron’s binary is not here. Get it with: npx install-electron --no');
} else if (!built) console.warn('SKIPPED: the app is not built. Build it with: npm run build');

describe.skipIf(electron === undefined || !built)('the Electron app', () => {
  const folder = mkdtempSync(join(tmpdir(), 'gantry-electron-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));

  it('shows its window, refuses to leave it and opens no other', async () => {
    const app = await _electron.launch({
      executablePath: electron ?? '',
      args: ['--no-sandbox', `--user-data-dir=${join(folder, 'user')}`, root],
      env: { ...process.env, HOME: folder, XDG_DOCUMENTS_DIR: join(folder, 'documents') } as Record<
        string,
        string
      >,
    });
    try {
      const page = await app.firstWindow();
      await page.getByRole('heading', { name: 'No datasets yet' }).waitFor();
      expect(page.url()).toMatch(/^app:\/\/gantry\//);
      expect(await page.evaluate(() => 'require' in window || 'process' in window)).toBe(false);
      await page.evaluate(() => {
        location.href = 'https://example.org/';
      });
      expect(await page.evaluate(() => window.open('https://example.org/') === null)).toBe(true);
      expect(page.url()).toMatch(/^app:\/\/gantry\//);
      expect(app.windows()).toHaveLength(1);
    } finally {
      await app.close();
    }
  });
});
