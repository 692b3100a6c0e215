import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { zipEntries, zipLength, zipStream } from '../../../../src/studio/app/zip.ts';

const folder = mkdtempSync(join(tmpdir(), 'gantry-zip-'));
const source = join(folder, 'source');
const archive = join(folder, 'out.zip');
/** Python's zipfile is another reader; it checks every sum and length. */
const python = (() => {
  try {
    execFileSync('python3', ['-c', 'import zipfile']);
    return true;
  } catch {
    console.warn('SKIPPED: the archive is judged by Python’s zipfile, and there is no python3.');
    return false;
  }
})();

let length = 0;
beforeAll(async () => {
  mkdirSync(join(source, 'deep'), { recursive: true });
  writeFileSync(join(source, 'empty.txt'), '');
  writeFileSync(join(source, 'größe 頭.txt'), 'names beyond ASCII');
  writeFileSync(join(source, 'deep', 'large.bin'), Buffer.alloc(1_000_003, 'gantry'));
  const entries = await zipEntries(source, 'run-0001');
  length = zipLength(entries);
  const parts: Uint8Array[] = [];
  for await (const part of zipStream(entries, new Date(2026, 10, 24, 12, 34, 56))) parts.push(part);
  writeFileSync(archive, Buffer.concat(parts));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('the archive of a download', () => {
  it('is as long as was said beforehand', () => expect(readFileSync(archive).length).toBe(length));

  it.skipIf(!python)('is whole and right for another reader', () => {
    const script = `
import sys, zipfile, json, hashlib
with zipfile.ZipFile(sys.argv[1]) as z:
    assert z.testzip() is None
    print(json.dumps([[i.filename, i.file_size, i.compress_type, list(i.date_time), hashlib.sha256(z.read(i)).hexdigest()[:12]] for i in z.infolist()]))
`;
    const listed = JSON.parse(execFileSync('python3', ['-c', script, archive], { encoding: 'utf8' }));
    const time = [2026, 11, 24, 12, 34, 56];
    expect(listed).toEqual([
      ['run-0001/deep/large.bin', 1_000_003, 0, time, expect.any(String)],
      ['run-0001/empty.txt', 0, 0, time, 'e3b0c44298fc'],
      ['run-0001/größe 頭.txt', 18, 0, time, expect.any(String)],
    ]);
  });
});
