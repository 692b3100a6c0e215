import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { importPaths } from '../../../../src/studio/import/index.ts';
import { Workspace } from '../../../../src/workspace/index.ts';
import { madeDicom } from './makeDicom.ts';

export interface MadeWorkspace {
  readonly folder: string;
  /** Open for writing. */
  readonly ws: Workspace;
  remove(): void;
}

/** A workspace with a dataset "made" of so many made slices of one subject. */
export async function madeWorkspace(slices: number): Promise<MadeWorkspace> {
  const folder = mkdtempSync(join(tmpdir(), 'gantry-made-'));
  const scans = join(folder, 'scans');
  mkdirSync(scans);
  for (let i = 1; i <= slices; i++) {
    writeFileSync(join(scans, `${i}.dcm`), madeDicom({ instance: i, patientId: 'made', series: '1.2.3' }));
  }
  const ws = Workspace.create(join(folder, 'ws'), { write: true });
  await importPaths(ws, { paths: [scans], dataset: 'made' });
  const remove = () => {
    ws.close();
    rmSync(folder, { recursive: true, force: true });
  };
  return { folder, ws, remove };
}
