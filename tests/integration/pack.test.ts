import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  cpSync,
  existsSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const run = promisify(execFile);
const root = join(import.meta.dirname, '..', '..');
const windows = process.platform === 'win32';
const npm = windows ? 'npm.cmd' : 'npm';

/** Whether npm can get packages here, from its cache or its registry. */
async function npmReaches(): Promise<boolean> {
  try {
    await run(npm, ['view', 'zod', 'version'], { timeout: 20_000, shell: windows });
    return true;
  } catch {
    return false;
  }
}

const online = await npmReaches();
if (!online)
  console.warn('SKIPPED: the packed program cannot be installed, because npm reaches no registry.');

/** A NIfTI-1 volume (int16, 1 mm): balls of several sizes on a dark ground, so that every slice differs. */
function niftiVolume(edge: number, slices: number): Buffer {
  const header = Buffer.alloc(352);
  header.writeInt32LE(348, 0);
  for (const [i, n] of [3, edge, edge, slices, 1, 1, 1, 1].entries()) header.writeInt16LE(n, 40 + 2 * i);
  header.writeInt16LE(4, 70);
  header.writeInt16LE(16, 72);
  for (let i = 0; i < 4; i++) header.writeFloatLE(1, 76 + 4 * i);
  header.writeFloatLE(352, 108);
  header.writeFloatLE(1, 112);
  header.write('n+1\0', 344, 'latin1');
  const values = Buffer.alloc(edge * edge * slices * 2);
  const middle = (edge - 1) / 2;
  for (let z = 0, at = 0; z < slices; z++) {
    for (let y = 0; y < edge; y++) {
      for (let x = 0; x < edge; x++, at += 2) {
        const r = Math.hypot(x - middle, y - middle) / (middle * (0.5 + z / (2 * slices)));
        values.writeInt16LE(r < 1 ? Math.round(400 + 500 * Math.cos(4 * r + z / 5)) : (x * y) % 7, at);
      }
    }
  }
  return Buffer.concat([header, values]);
}

/**
 * The package as a user gets it. It is built from a copy of the tree, so that a build that is in use here
 * stays as it is.
 */
describe.skipIf(!online)('the packed program', () => {
  const folder = mkdtempSync(join(tmpdir(), 'gantry-pack-'));
  const home = join(folder, 'home');
  const workspace = join(folder, 'workspace');
  const gantry = (...args: string[]) =>
    run(join('node_modules', '.bin', windows ? 'gantry.cmd' : 'gantry'), args, { cwd: home, shell: windows });

  beforeAll(async () => {
    const copy = join(folder, 'copy');
    mkdirSync(copy);
    for (const name of readdirSync(root)) {
      if (
        /^(bin|docs|electron|renderer|resources|scripts|src|package\.json|tsconfig.*\.json|README\.md|LICENSE)$/.test(
          name,
        )
      ) {
        cpSync(join(root, name), join(copy, name), { recursive: true });
      }
    }
    symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'), 'junction');
    await run(process.execPath, ['scripts/build.ts'], { cwd: copy });
    await run(npm, ['pack', '--pack-destination', folder], { cwd: copy, shell: windows });
    const [tarball] = globSync('*.tgz', { cwd: folder });
    mkdirSync(home);
    writeFileSync(join(home, 'package.json'), '{ "name": "home", "private": true }');
    await run(
      npm,
      [
        'install',
        '--ignore-scripts',
        '--omit=optional',
        '--no-audit',
        '--no-fund',
        '--prefer-offline',
        join(folder, tarball ?? ''),
      ],
      { cwd: home, shell: windows, timeout: 500_000 },
    );
  }, 600_000);
  afterAll(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));

  it('holds the build and nothing of the sources, the tests or the data', () => {
    const installed = join(home, 'node_modules', 'gantry-studio');
    expect(readdirSync(installed).sort()).toEqual(
      ['LICENSE', 'README.md', 'bin', 'dist', 'package.json'].filter(
        (name) => name !== 'LICENSE' || existsSync(join(root, name)),
      ),
    );
    expect(globSync('**/*.{ts,tsx}', { cwd: installed })).toEqual([]);
    expect(existsSync(join(home, 'node_modules', 'react'))).toBe(false);
    expect(existsSync(join(home, 'node_modules', 'electron'))).toBe(false);
  });

  it('answers --help under the Node that it is given', async () => {
    expect((await gantry('--help')).stdout).toContain('usage: gantry COMMAND');
    expect((await gantry('--version')).stdout.trim()).toMatch(/^\d+\.\d+\.\d+$/);
  });

  it('imports a volume, trains on it and draws a sheet, all from the build', async () => {
    const volume = join(folder, 'sub-01_T1w.nii');
    writeFileSync(volume, niftiVolume(40, 32));
    const last = async (...args: string[]) => {
      const { stdout } = await gantry(...args, '--workspace', workspace, '--json');
      return JSON.parse(stdout.trim().split('\n').at(-1) ?? '{}') as Record<string, unknown>;
    };
    expect(await last('import', volume, '--dataset', 'volume')).toMatchObject({ type: 'done', subjects: 1 });
    const trained = await last('train', '--dataset', 'volume', '--size', '32', '--images', '64');
    expect(trained).toMatchObject({ type: 'done', images: 64 });
    const sheet = join(folder, 'sheet.png');
    expect(await last('sheet', '--run', String(trained.run), '--out', sheet)).toMatchObject({
      type: 'done',
    });
    expect(existsSync(sheet)).toBe(true);
  }, 240_000);

  it('serves its pages, which were built before', async () => {
    const server = spawn(
      process.execPath,
      [
        join('node_modules', 'gantry-studio', 'bin', 'gantry.js'),
        'serve',
        '--workspace',
        workspace,
        '--json',
      ],
      { cwd: home, stdio: ['ignore', 'pipe', 'inherit'] },
    );
    const ended = once(server, 'exit');
    const [first] = (await once(server.stdout, 'data')) as [Buffer];
    const { url } = JSON.parse(String(first).split('\n')[0] ?? '{}') as { url: string };
    const entered = await fetch(url, { redirect: 'manual' });
    expect(entered.status).toBe(303);
    const cookie = entered.headers.get('set-cookie')?.split(';')[0] ?? '';
    const page = await (await fetch(new URL('/', url), { headers: { cookie } })).text();
    const script = /src="(\/assets\/[^"]+\.js)"/.exec(page)?.[1] ?? '';
    const code = await fetch(new URL(script, url), { headers: { cookie } });
    expect(code.status).toBe(200);
    // The build of a test run must be the one that is shipped, not React's development one.
    expect(await code.text()).not.toContain('jsxDEV');
    server.kill('SIGTERM');
    await ended;
  }, 60_000);
});
