import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Random } from '../../../../src/base/random.ts';
import { displayTransform, walkOf } from '../../../../src/dataset/orient.ts';
import { distance } from '../../../../src/display/measure.ts';
import { importPaths } from '../../../../src/studio/import/index.ts';
import { envelopeBytes, storedValues } from '../../../../src/studio/review/values.ts';
import { Workspace } from '../../../../src/workspace/index.ts';
import { testData } from '../../../support/data.ts';

interface Row {
  readonly path: string;
  readonly rows: number;
  readonly columns: number;
  readonly signed: boolean;
  readonly bitsStored: number;
  readonly inverted: boolean;
  readonly rescaled: boolean;
}

/** Fields of a line of CSV with quotes. */
function fields(line: string): string[] {
  return [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map((m) => m[1] ?? m[2] ?? '');
}

/** Plain little-endian 16-bit files of one frame, as pydicom's listing has them. */
function plainFiles(folder: string): Row[] {
  const [head = '', ...lines] = readFileSync(join(folder, 'manifest.csv'), 'utf8').trim().split(/\r?\n/);
  const names = fields(head);
  return lines.flatMap((line): Row[] => {
    const row = Object.fromEntries(fields(line).map((value, i) => [names[i], value]));
    const plain =
      row.pydicom_read === 'ok' &&
      /^1\.2\.840\.10008\.1\.2(\.1)?$/.test(row.transfer_syntax ?? '') &&
      row.samples === '1' &&
      (row.frames === '1' || row.frames === '') &&
      row.bits_alloc === '16' &&
      row.pixel_element === 'PixelData' &&
      Number(row.rows) >= 16;
    if (!plain) return [];
    const slope = Number(row.slope || 1);
    return [
      {
        path: row.path ?? '',
        rows: Number(row.rows),
        columns: Number(row.cols),
        signed: row.signed === '1',
        bitsStored: Number(row.bits_stored),
        inverted: row.photometric === 'MONOCHROME1',
        rescaled: slope !== 1 || Number(row.intercept || 0) !== 0,
      },
    ];
  });
}

/** Pixel data of a plain file, found by its tag and length: nothing of our reader takes part. */
function rawPixels(bytes: Buffer, { rows, columns, signed, bitsStored }: Row): number[] | undefined {
  const length = rows * columns * 2;
  const tag = Buffer.from([0xe0, 0x7f, 0x10, 0x00]);
  for (let at = bytes.indexOf(tag); at >= 0; at = bytes.indexOf(tag, at + 1)) {
    const explicit = bytes.toString('latin1', at + 4, at + 6) === 'OW';
    const from = at + (explicit ? 12 : 8);
    if (from + length > bytes.length || bytes.readUInt32LE(from - 4) < length) continue;
    const shift = 16 - bitsStored;
    return Array.from({ length: rows * columns }, (_, i) => {
      const value = bytes.readUInt16LE(from + 2 * i);
      return signed ? ((value << (16 + shift)) >> 16) >> shift : value & (0xffff >> shift);
    });
  }
  return undefined;
}

/** Pixel Spacing (0028,0030) as text, found by its tag: between rows, between columns, in mm. */
function spacingOf(bytes: Buffer): [number, number] | undefined {
  const at = bytes.indexOf(Buffer.from([0x28, 0x00, 0x30, 0x00]));
  if (at < 0) return undefined;
  const isText = bytes.toString('latin1', at + 4, at + 6) === 'DS';
  const length = isText ? bytes.readUInt16LE(at + 6) : bytes.readUInt32LE(at + 4);
  const [row = 0, column = 0] = bytes
    .toString('latin1', at + 8, at + 8 + length)
    .split('\\')
    .map(Number);
  return row > 0 && column > 0 ? [row, column] : undefined;
}

function isUneven(bytes: Buffer): boolean {
  const spacing = spacingOf(bytes);
  return spacing !== undefined && Math.abs(spacing[0] - spacing[1]) > 1e-4;
}

describe.skipIf(testData === undefined)('the values that the viewer is given', () => {
  const folder = join(testData ?? '', 'conformance');
  const dir = mkdtempSync(join(tmpdir(), 'gantry-values-'));
  let ws: Workspace;
  const checked: { row: Row; dataset: string }[] = [];

  beforeAll(async () => {
    ws = Workspace.create(join(dir, 'w'), { write: true });
    const rows = plainFiles(folder);
    // The rare kinds first, then whatever comes.
    const wanted = [
      ...rows.filter(({ path }) => isUneven(readFileSync(join(folder, path)))).slice(0, 3),
      ...rows.filter(({ inverted }) => inverted).slice(0, 3),
      ...rows.filter(({ signed }) => signed).slice(0, 6),
      ...rows.filter(({ bitsStored }) => bitsStored === 12).slice(0, 6),
      ...rows.filter(({ rescaled }) => rescaled).slice(0, 6),
      ...rows,
    ];
    for (const row of new Set(wanted)) {
      if (checked.length >= 20) break;
      const dataset = `d${checked.length}`;
      try {
        await importPaths(ws, { paths: [join(folder, row.path)], dataset });
        if (ws.slices(dataset).length === 1) checked.push({ row, dataset });
        else ws.deleteDataset(dataset);
      } catch {
        // Files that cannot be trained on are not shown either.
        if (ws.hasDataset(dataset)) ws.deleteDataset(dataset);
      }
    }
  }, 60_000);
  afterAll(() => {
    ws.close();
    rmSync(dir, { recursive: true, force: true, maxRetries: 5 });
  });

  it('are those of the files: 200 pixels of 20 files of many kinds', () => {
    expect(checked).toHaveLength(20);
    const kinds = { inverted: 0, signed: 0, rescaled: 0, twelve: 0, uneven: 0 };
    const random = new Random(4, 'pixels');
    let compared = 0;
    for (const { row, dataset } of checked) {
      const slice = ws.slices(dataset)[0]!;
      const series = ws.series(dataset)[0]!;
      const oracle = rawPixels(readFileSync(join(folder, row.path)), row)!;
      expect(oracle, row.path).toBeDefined();
      const bytes = envelopeBytes(storedValues(ws, slice.id, series));
      const end = bytes.indexOf(0x0a);
      const head = JSON.parse(new TextDecoder().decode(bytes.subarray(0, end)));
      expect((end + 1) % 2).toBe(0);
      const patterns = new Uint16Array(bytes.slice(end + 1).buffer);
      const walk = walkOf(displayTransform(series.geometry.orientation), row.rows, row.columns);
      for (let i = 0; i < 10; i++) {
        const [r, c] = [random.int(walk.rows), random.int(walk.columns)];
        const pattern = patterns[r * head.columns + c]!;
        const stored = head.signed && pattern > 32767 ? pattern - 65536 : pattern;
        expect(stored, `${row.path} ${r} ${c}`).toBe(
          oracle[walk.start + r * walk.rowStep + c * walk.columnStep],
        );
        compared++;
      }
      expect(head.inverted).toBe(row.inverted);
      if (row.inverted) kinds.inverted++;
      if (row.signed) kinds.signed++;
      if (row.rescaled) kinds.rescaled++;
      if (row.bitsStored === 12) kinds.twelve++;
      if (head.spacingMm !== null && head.spacingMm[0] !== head.spacingMm[1]) kinds.uneven++;
    }
    expect(compared).toBe(200);
    console.info(`probe: ${compared} pixels equal; files by kind ${JSON.stringify(kinds)}`);
    expect(Math.min(...Object.values(kinds))).toBeGreaterThan(0);
  });

  it('measure lengths as the header’s spacing says, to 0.1 mm', () => {
    let measured = 0;
    for (const { row, dataset } of checked) {
      const bytes = readFileSync(join(folder, row.path));
      const spacing = spacingOf(bytes);
      if (spacing === undefined) continue;
      const [rowMm, columnMm] = spacing;
      const [head] = storedValues(ws, ws.slices(dataset)[0]!.id, ws.series(dataset)[0]!);
      if (head.spacingMm === null) continue;
      const shown = distance(head, { x: 0, y: 0 }, { x: head.columns, y: head.rows });
      const real = Math.hypot(row.rows * rowMm, row.columns * columnMm);
      expect(Math.abs(shown - real), row.path).toBeLessThan(0.1);
      measured++;
    }
    expect(measured).toBeGreaterThan(5);
  });
});
