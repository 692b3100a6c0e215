import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { importPaths } from '../../../src/studio/import/index.ts';
import { trainRun } from '../../../src/studio/train/index.ts';
import { Workspace } from '../../../src/workspace/index.ts';
import { madeDicom } from '../../unit/studio/import/makeDicom.ts';

const root = join(import.meta.dirname, '..', '..', '..');
const data = process.env.GANTRY_TEST_DATA ?? join(root, '..', 'shared', 'data');
export const hasRealData = existsSync(join(data, 'mri', 'manifest.csv'));
if (!hasRealData) {
  console.warn('SKIPPED: the specs with real MRI need ../shared/data or GANTRY_TEST_DATA.');
}

/** Real MRI slices: every third of one sagittal series, and all of a short part of another. */
function files(series: string, step: number, most: number): string[] {
  return Array.from({ length: most }, (_, i) => {
    const number = String(40 + i * step).padStart(4, '0');
    return join(data, 'mri', series, `${series}_${number}.dcm`);
  }).filter((path) => existsSync(path));
}

export interface TestWorkspace {
  readonly dir: string;
  remove(): void;
}

/** An empty workspace in a temporary folder. */
export function emptyWorkspace(): TestWorkspace {
  const folder = mkdtempSync(join(tmpdir(), 'gantry-e2e-'));
  const dir = join(folder, 'study');
  Workspace.create(dir).close();
  return { dir, remove: () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }) };
}

/** A workspace with two datasets of real MRI. */
export async function realWorkspace(): Promise<TestWorkspace> {
  const made = emptyWorkspace();
  const ws = Workspace.open(made.dir, { write: true });
  try {
    await importPaths(ws, { paths: files('sag-anon', 2, 40), dataset: 'heads' });
    await importPaths(ws, { paths: files('philips-mprage', 3, 12), dataset: 'second-scanner' });
  } finally {
    ws.close();
  }
  return made;
}

/** A workspace of made slices (eight subjects) with a run that has just begun to learn. */
export async function trainedWorkspace(
  images = 640,
  size = 32,
): Promise<TestWorkspace & { readonly run: string }> {
  const made = emptyWorkspace();
  const scans = join(made.dir, '..', 'scans');
  for (let subject = 0; subject < 8; subject++) {
    mkdirSync(join(scans, `s${subject}`), { recursive: true });
    for (let i = 1; i <= 8; i++) {
      const series = `1.2.3.${subject + 1}`;
      const bytes = madeDicom({
        instance: i,
        patientId: `made-${subject}`,
        series,
        study: `1.2.4.${subject}`,
      });
      writeFileSync(join(scans, `s${subject}`, `${i}.dcm`), bytes);
    }
  }
  const ws = Workspace.open(made.dir, { write: true });
  try {
    await importPaths(ws, { paths: [scans], dataset: 'made' });
    const training = { dataset: 'made', preset: 'tiny', size, images, checkpointEvery: 320 };
    const { run } = await trainRun(ws, training);
    return { ...made, run };
  } finally {
    ws.close();
  }
}
