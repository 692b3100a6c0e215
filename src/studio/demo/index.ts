import { createHash } from 'node:crypto';
import { join, resolve } from 'node:path';
import { makeFolders } from '../../base/folders.ts';
import { appVersion } from '../../base/runtime.ts';
import { writePhantom } from '../../phantom/index.ts';
import type { RunRecord, Workspace } from '../../workspace/index.ts';
import { generateSlices } from '../generate/index.ts';
import { makeSheet } from '../generate/sheet.ts';
import { type ImportResult, importPaths } from '../import/index.ts';
import { openOrCreate } from '../open.ts';
import { type TrainOptions, type TrainResult, trainRun } from '../train/index.ts';

export interface Demo {
  /** Scans to use; none: the built-in phantom. */
  readonly paths: readonly string[];
  readonly outDir: string;
  readonly minutes: number;
  readonly preset?: string | undefined;
  readonly size?: number | undefined;
  readonly device?: string | undefined;
  readonly seed: number;
  readonly count: number;
}

export type DemoStage = 'phantom' | 'import' | 'train' | 'sheet' | 'generate';

export interface DemoListener {
  onStage(stage: DemoStage, text: string): void;
  onProgress(stage: DemoStage, done: number, total: number): void;
  onImported(result: ImportResult): void;
  onRun(run: RunRecord): void;
  readonly onTraining: NonNullable<TrainOptions['onReport']>;
}

export interface DemoResult {
  readonly workspace: string;
  readonly training: TrainResult;
  readonly sheet: string;
  readonly dicom: string;
  readonly files: number;
}

const phantomSubjects = 6;
const phantomSlices = 96;

/** A dataset for each set of scans, so that a second demo on other scans does not mix with the first. */
function datasetOf(paths: readonly string[]): string {
  if (paths.length === 0) return 'phantom';
  const key = paths.map((path) => resolve(path)).sort();
  return `scans-${createHash('sha256').update(key.join('\n')).digest('hex').slice(0, 8)}`;
}

async function scansOf(demo: Demo, listener: DemoListener, signal: AbortSignal): Promise<readonly string[]> {
  if (demo.paths.length > 0) return demo.paths;
  const folder = join(demo.outDir, 'phantom');
  listener.onStage('phantom', 'Drawing a digital phantom: analytic heads, not scans of anybody.');
  await writePhantom({
    outDir: folder,
    subjects: phantomSubjects,
    slicesPerSubject: phantomSlices,
    seed: demo.seed,
    appVersion,
    onProgress: (done, total) => listener.onProgress('phantom', done, total),
    signal,
  });
  return [folder];
}

/**
 * The whole job in one: import, train, draw a sheet, export DICOM. Everything lies in `outDir`. Run again on the
 * same folder it adds a new run to the same workspace.
 * @throws what its stages throw; a stopped training ends the demo with what there is
 */
export async function runDemo(demo: Demo, listener: DemoListener, signal: AbortSignal): Promise<DemoResult> {
  makeFolders(demo.outDir);
  const workspace = join(demo.outDir, 'workspace');
  const paths = await scansOf(demo, listener, signal);
  const dataset = datasetOf(demo.paths);
  using ws = openOrCreate(workspace);
  listener.onStage('import', 'Importing.');
  const imported = await importPaths(
    ws,
    { paths, dataset },
    {
      signal,
      onProgress: ({ filesDone, filesTotal }) => listener.onProgress('import', filesDone, filesTotal),
    },
  );
  listener.onImported(imported);
  listener.onStage('train', `Training for ${demo.minutes} minutes.`);
  const { minutes, preset, size, device, seed } = demo;
  const training = await trainRun(
    ws,
    { dataset, minutes, preset, size, device, seed },
    { signal, onStart: (run) => listener.onRun(run), onReport: listener.onTraining },
  );
  return { workspace, training, ...(await show(ws, demo, training, listener)) };
}

/** The sheet and the export of a run; also after a stopped training, so without its signal. */
async function show(ws: Workspace, demo: Demo, { run }: TrainResult, listener: DemoListener) {
  const sheet = join(demo.outDir, `${run}-sheet.png`);
  listener.onStage('sheet', 'Drawing the contact sheet.');
  await makeSheet(ws, { run, file: sheet, count: 64, seed: demo.seed });
  const dicom = join(demo.outDir, `${run}-dicom`);
  listener.onStage('generate', `Exporting ${demo.count} synthetic slices as DICOM.`);
  const exported = await generateSlices(
    ws,
    { run, count: demo.count, seed: demo.seed, format: 'dicom', outDir: dicom },
    { onProgress: (done, total) => listener.onProgress('generate', done, total) },
  );
  return { sheet, dicom, files: exported.files.length };
}
