import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { manifestName, manifestSchema } from '../../exporting/index.ts';
import { labelsOfSlice, nameLabels } from '../../gan/index.ts';
import { listCheckpoints, readCheckpoint } from '../../trainer/checkpoint.ts';
import type { Workspace } from '../../workspace/index.ts';

function field(value: string | number): string {
  const text = String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/**
 * The exported slices as a table (RFC 4180): file, seed, index, and for a conditional run what each was asked for.
 * @param slices folder of the export, with its manifest
 */
export async function labelTable(ws: Workspace, run: string, slices: string): Promise<string> {
  const listed = manifestSchema.parse(JSON.parse(await readFile(join(slices, manifestName), 'utf8'))).slices;
  const newest = (await listCheckpoints(ws.runDir(run))).at(-1);
  const conditions = newest === undefined ? null : (await readCheckpoint(newest.folder)).config.conditions;
  const names = conditions?.labels.map(({ name }) => name) ?? [];
  const rows = listed.map(({ file, seed, index }) => {
    const labels =
      conditions === null ? {} : nameLabels(conditions, labelsOfSlice(conditions, 'as-data', seed, index));
    return [`slices/${file}`, seed, index, ...names.map((name) => labels[name] ?? '')];
  });
  return `${[['file', 'seed', 'index', ...names], ...rows].map((row) => row.map(field).join(',')).join('\r\n')}\r\n`;
}
