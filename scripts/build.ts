/**
 * `npm run build`: what is packed or shipped, in `dist`, which mirrors the repository: `dist/src`,
 * `dist/electron`, `dist/resources`, and the pages in `dist/renderer`. Node strips no types below
 * node_modules, and Electron's loader none at all.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, globSync, readFileSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

const root = fileURLToPath(new URL('..', import.meta.url));
const dist = join(root, 'dist');

/** 1. TypeScript to JavaScript, file by file; imports of `.ts` become `.js`. */
function compile(): void {
  const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  const result = spawnSync(process.execPath, [tsc, '-p', 'tsconfig.build.json'], {
    cwd: root,
    stdio: 'inherit',
  });
  if (result.status !== 0) throw new Error('The sources do not compile.');
}

/** 2. What the sources read beside themselves: schemas and resources. */
function copyResources(): void {
  // Icons are for the installers alone.
  const isAsset = (path: string) => !/(\.(ts|tsx|md|proto)|[\\/]icons)$/.test(path);
  for (const folder of ['src', 'resources']) {
    cpSync(join(root, folder), join(dist, folder), { recursive: true, filter: isAsset });
  }
}

/** 3. A URL that still names a `.ts` file would fail only when it is reached; it fails here instead. */
function checkEntries(): void {
  const left = globSync('{src,electron}/**/*.js', { cwd: dist }).filter((file) =>
    /new URL\([^)]*\.ts['"`]/.test(readFileSync(join(dist, file), 'utf8')),
  );
  if (left.length > 0) throw new Error(`Use entryUrl() for entry files: ${left.join(', ')}`);
}

/** 4. The pages. */
async function buildRenderer(): Promise<void> {
  await build({ configFile: join(root, 'renderer', 'vite.config.ts'), logLevel: 'warn' });
}

/** 5. The preload script: a sandboxed one is CommonJS and one file. */
async function buildPreload(): Promise<void> {
  await build({
    configFile: false,
    root,
    logLevel: 'warn',
    build: {
      outDir: join(dist, 'electron'),
      emptyOutDir: false,
      target: 'chrome130',
      minify: false,
      lib: { entry: join(root, 'electron', 'preload.ts'), formats: ['cjs'], fileName: () => 'preload.cjs' },
      rolldownOptions: { external: ['electron'] },
    },
  });
}

// Vite takes the mode of its plug-ins from here; what is built is always what is shipped.
process.env.NODE_ENV = 'production';
rmSync(dist, { recursive: true, force: true });
compile();
copyResources();
checkEntries();
await buildRenderer();
await buildPreload();
for (const entry of ['src/cli/main.js', 'electron/main.js', 'electron/preload.cjs', 'renderer/index.html']) {
  if (!existsSync(join(dist, entry))) throw new Error(`The build lacks ${entry}.`);
}
process.stdout.write(`Built ${basename(dist)}.\n`);
