import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { manifestName, manifestSchema } from '../../exporting/index.ts';

function field(value: string | number): string {
  const text = String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/**
 * The exported slices as a table (RFC 4180): file, seed, index, and for a conditional run what each was asked for.
 * @param slices folder of the export, with its manifest
 */
export async function labelTable(slices: string): Promise<string> {
  const listed = manifestSchema.parse(JSON.parse(await readFile(join(slices, manifestName), 'utf8'))).slices;
  const names = Object.keys(listed[0]?.labels ?? {});
  const rows = listed.map(({ file, seed, index, labels }) => [
    `slices/${file}`,
    seed,
    index,
    ...names.map((name) => labels?.[name] ?? ''),
  ]);
  return `${[['file', 'seed', 'index', ...names], ...rows].map((row) => row.map(field).join(',')).join('\r\n')}\r\n`;
}
