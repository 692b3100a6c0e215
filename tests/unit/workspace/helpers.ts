import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  contentHash,
  type IncomingFile,
  type IncomingSlice,
  type Workspace,
} from '../../../src/workspace/index.ts';

/** A folder that is gone when the test ends. */
export function temporaryFolder(): { dir: string; [Symbol.dispose](): void } {
  const dir = mkdtempSync(join(tmpdir(), 'gantry-ws-'));
  return { dir, [Symbol.dispose]: () => rmSync(dir, { recursive: true, force: true }) };
}

/** One slice of a made-up series; `values` are its 16-bit stored values. */
export function incoming(
  ws: Workspace,
  subject: string,
  series: string,
  instance: number,
  values: Uint16Array | Int16Array,
  columns: number,
  extra: Partial<IncomingSlice> = {},
): IncomingSlice {
  const rows = values.length / columns;
  const meaning = {
    rows,
    columns,
    signed: values instanceof Int16Array,
    slope: 1,
    intercept: 0,
    inverted: false,
    padding: null,
    ...extra,
  };
  const pixels = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  return {
    key: ws.keyOf('instance', `${series}/${instance}`),
    subjectKey: ws.keyOf('subject', subject),
    subjectAttributes: {},
    seriesKey: ws.keyOf('series', series),
    series: { kind: 'dicom', plane: 'axial', rows, columns, geometry: {}, attributes: {}, notices: [] },
    bitsStored: 16,
    positionMm: instance,
    instance,
    labels: null,
    ...meaning,
    ...extra,
    contentHash: contentHash(meaning, pixels),
    pixels,
  };
}

export function fileOf(ws: Workspace, name: string, slices: IncomingSlice[]): IncomingFile {
  return { sourceKey: ws.keyOf('file', name), slices, total: slices.length };
}

export function newDataset(ws: Workspace, name: string) {
  return ws.createDataset({ name, subjectFrom: 'identity', splitSeed: 1, heldOutFraction: null });
}

/** Another process that has the dataset in this use, until it is killed. */
export async function heldElsewhere(
  dir: string,
  dataset: string,
  use: 'read' | 'change',
): Promise<ChildProcess> {
  const child = fork(new URL('leaseHolder.ts', import.meta.url), [dir, dataset, use], { execArgv: [] });
  await once(child, 'message');
  return child;
}
