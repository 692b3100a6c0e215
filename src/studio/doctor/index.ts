import { readFileSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { cpus, freemem, platform, release, totalmem } from 'node:os';
import { toGantryError } from '../../base/errors.ts';
import { appVersion, cores } from '../../base/runtime.ts';
import { type DeviceReport, surveyDevices } from '../devices/index.ts';
import { selfTest } from './selfTest.ts';

/** One thing that was looked at. `ok: null`: optional and not there. */
export interface DoctorItem {
  readonly name: string;
  readonly ok: boolean | null;
  readonly detail: string;
  readonly action?: string;
}

const require = createRequire(import.meta.url);
const gib = (bytes: number) => `${(bytes / 2 ** 30).toFixed(1)} GiB`;

function packageVersion(name: string): string {
  let folder = require.resolve(name);
  for (;;) {
    const cut = folder.lastIndexOf('/node_modules/');
    if (cut < 0) return 'unknown version';
    const file = `${folder.slice(0, cut)}/node_modules/${name}/package.json`;
    try {
      return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
    } catch {
      folder = folder.slice(0, cut);
    }
  }
}

function nodeItem(): DoctorItem {
  const ok = Number(process.versions.node.split('.')[0]) >= 24;
  return {
    name: 'node',
    ok,
    detail: process.versions.node,
    ...(ok
      ? {}
      : { action: 'Run Gantry by `npm run` or `npx gantry`, which bring Node 24, or install Node 24.' }),
  };
}

async function guarded(name: string, look: () => Promise<string>, action: string): Promise<DoctorItem> {
  try {
    return { name, ok: true, detail: await look() };
  } catch (thrown) {
    const error = toGantryError(thrown);
    return { name, ok: false, detail: error.message, action: error.action ?? action };
  }
}

async function engineDetail(): Promise<string> {
  const { listSupportedBackends } = await import('onnxruntime-node');
  const backends = listSupportedBackends().map((b) => b.name + (b.bundled ? '' : ' (not bundled)'));
  return `onnxruntime-node ${packageVersion('onnxruntime-node')}; providers in this build: ${backends.join(', ')}`;
}

/** Looks at everything that the work needs; nothing here changes anything. */
export async function examine(): Promise<DoctorItem[]> {
  const reinstall = 'Install again with `npm ci`; the machine may be of a kind that has no prebuilt binary.';
  return [
    { name: 'gantry', ok: true, detail: `${appVersion} on ${platform()} ${release()} ${process.arch}` },
    nodeItem(),
    await guarded('database', async () => `SQLite ${await sqliteVersion()}`, 'Gantry needs Node 24.'),
    await guarded('engine', engineDetail, reinstall),
    await guarded(
      'tensorflow.js',
      async () => `tfjs-core ${packageVersion('@tensorflow/tfjs-core')} (the language of the networks)`,
      reinstall,
    ),
    await guarded('device cpu', selfTest, reinstall),
    {
      name: 'processor',
      ok: true,
      detail: `${cpus()[0]?.model.trim() ?? 'unknown'}, ${cores()} cores for Gantry`,
    },
    {
      name: 'memory',
      ok: totalmem() >= 4 * 2 ** 30,
      detail: `${gib(totalmem())}, ${gib(freemem())} free`,
      ...(totalmem() >= 4 * 2 ** 30 ? {} : { action: 'Training wants 4 GiB; take the preset tiny.' }),
    },
    await guarded('disk', diskDetail, 'Run Gantry in a folder that exists.'),
    ...(await surveyDevices()).filter(({ name }) => name !== 'cpu').map(deviceItem),
  ];
}

/** A device that is not there is no failure; one that computes wrongly is. */
function deviceItem({ name, result, detail, action }: DeviceReport): DoctorItem {
  const wrong = result !== null && !result.ok && 'relativeError' in result;
  return {
    name: `device ${name}`,
    ok: result?.ok ? true : wrong ? false : null,
    detail,
    ...(action === undefined ? {} : { action }),
  };
}

async function sqliteVersion(): Promise<string> {
  const { DatabaseSync } = await import('node:sqlite');
  const db = new DatabaseSync(':memory:');
  try {
    return String(db.prepare('SELECT sqlite_version() AS v').get()?.v);
  } finally {
    db.close();
  }
}

async function diskDetail(): Promise<string> {
  const disk = await statfs('.');
  return `${gib(disk.bavail * disk.bsize)} free in the current folder`;
}
