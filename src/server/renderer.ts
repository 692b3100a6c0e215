import { existsSync } from 'node:fs';
import { readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { GantryError } from '../base/errors.ts';

/** The repository in a checkout, `dist` in a built package: the folder that holds this `src`. */
const root = fileURLToPath(new URL('../..', import.meta.url));

async function newestMs(path: string): Promise<number> {
  const info = await stat(path).catch(() => undefined);
  if (info === undefined) return 0;
  if (!info.isDirectory()) return info.mtimeMs;
  const children = await readdir(path);
  const times = await Promise.all(children.map((name) => newestMs(join(path, name))));
  return Math.max(0, ...times);
}

/**
 * The folder of the built renderer. In a checkout of the repository it is built first when its sources are
 * newer, so that no separate build step is needed there.
 *
 * @throws GantryError NOT_FOUND when there is neither a build nor what makes one
 */
export async function ensureRenderer(notice: (text: string) => void): Promise<string> {
  const shipped = join(root, 'renderer', 'index.html');
  const config = join(root, 'renderer', 'vite.config.ts');
  if (!existsSync(config)) {
    if (existsSync(shipped)) return join(root, 'renderer');
    throw new GantryError('NOT_FOUND', 'The app’s pages are missing from this installation.', {
      action: 'Install the package again.',
    });
  }
  const built = join(root, 'dist', 'renderer');
  const sources = ['renderer', 'src/contract', 'src/display', 'src/base'].map((name) => join(root, name));
  const sourceMs = Math.max(...(await Promise.all(sources.map(newestMs))));
  const builtMs = (await stat(join(built, 'index.html')).catch(() => undefined))?.mtimeMs ?? 0;
  if (builtMs >= sourceMs) return built;
  notice('Building the app’s pages from source (a few seconds, once).');
  await buildRenderer(config, built);
  return built;
}

/** Builds beside the place and moves it there whole: two processes may find the same build to be old. */
async function buildRenderer(configFile: string, built: string): Promise<void> {
  let vite: typeof import('vite');
  try {
    vite = await import('vite');
  } catch (error) {
    throw new GantryError('NOT_FOUND', 'The app’s pages are not built.', {
      action: 'Run npm ci, then npm run build.',
      cause: error,
    });
  }
  const outDir = `${built}-${process.pid}.tmp`;
  try {
    await vite.build({ configFile, logLevel: 'error', build: { outDir, emptyOutDir: true } });
    await rm(built, { recursive: true, force: true });
    // Another process may have put its build there in between; it is of the same sources.
    await rename(outDir, built).catch(() => {});
  } finally {
    await rm(outDir, { recursive: true, force: true });
  }
}
