import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readdir, rename, rm, stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
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

/**
 * Builds beside the place and moves it there whole: two processes may find the same build to be old. Vite runs
 * in a process of its own, for it takes its mode from the environment, which may be that of a test.
 */
async function buildRenderer(configFile: string, built: string): Promise<void> {
  const outDir = `${built}-${process.pid}.tmp`;
  const args = ['build', '--config', configFile, '--outDir', outDir, '--emptyOutDir', '--logLevel', 'error'];
  try {
    await promisify(execFile)(process.execPath, [viteProgram(), ...args], {
      env: { ...process.env, NODE_ENV: 'production' },
    });
    await rm(built, { recursive: true, force: true });
    // Another process may have put its build there in between; it is of the same sources.
    await rename(outDir, built).catch(() => {});
  } finally {
    await rm(outDir, { recursive: true, force: true });
  }
}

function viteProgram(): string {
  try {
    return join(dirname(createRequire(import.meta.url).resolve('vite/package.json')), 'bin', 'vite.js');
  } catch (error) {
    throw new GantryError('NOT_FOUND', 'The app’s pages are not built.', {
      action: 'Run npm ci, then npm run build.',
      cause: error,
    });
  }
}
