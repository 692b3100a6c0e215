import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** ImageMagick writes the files of these tests, and is the other decoder of the lossy ones. */
const command = ['magick', 'convert'].find((name) => spawnSync(name, ['-version']).status === 0);
export const hasMagick = command !== undefined;
if (!hasMagick) console.warn('SKIPPED: ImageMagick was not found on PATH; apt-get install imagemagick');

/** A file of `values` (rows x columns x samples), written by `convert <raw> <options> out.<extension>`. */
export function magickFile(
  raw: 'gray' | 'rgb' | 'rgba',
  values: Uint8Array | Uint16Array,
  columns: number,
  rows: number,
  options: readonly string[],
  extension: string,
): Uint8Array {
  const dir = mkdtempSync(join(tmpdir(), 'gantry-magick-'));
  try {
    const depth = values instanceof Uint8Array ? 8 : 16;
    const input = join(dir, 'in.raw');
    const output = join(dir, `out.${extension}`);
    writeFileSync(input, new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
    const size = [
      '-size',
      `${columns}x${rows}`,
      '-depth',
      String(depth),
      '-endian',
      'LSB',
      `${raw}:${input}`,
    ];
    const run = spawnSync(command!, [...size, ...options, output], { encoding: 'utf8' });
    if (run.status !== 0) throw new Error(run.stderr);
    return new Uint8Array(readFileSync(output));
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

/** Samples of a file as ImageMagick decodes it. */
export function magickSamples(
  bytes: Uint8Array,
  extension: string,
  raw: 'gray' | 'rgb',
  depth: 8 | 16,
): Uint8Array | Uint16Array {
  const dir = mkdtempSync(join(tmpdir(), 'gantry-magick-'));
  try {
    const input = join(dir, `in.${extension}`);
    const output = join(dir, 'out.raw');
    writeFileSync(input, bytes);
    const run = spawnSync(command!, [input, '-depth', String(depth), '-endian', 'LSB', `${raw}:${output}`], {
      encoding: 'utf8',
    });
    if (run.status !== 0) throw new Error(run.stderr);
    const data = readFileSync(output);
    return depth === 8 ? new Uint8Array(data) : new Uint16Array(new Uint8Array(data).buffer);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}
