import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { gantry, last } from '../support/cli.ts';

const temp = mkdtempSync(join(tmpdir(), 'gantry-demo-'));
afterAll(() => rmSync(temp, { recursive: true, force: true }));

const hasValidator = spawnSync('dciodvfy', ['-version'], { stdio: 'ignore' }).error === undefined;

it('does the whole job on the phantom from one command, and again on the same folder', async () => {
  const out = join(temp, 'demo');
  const first = await gantry('demo', '--minutes', '0.1', '--count', '5', '--out', out);
  expect(first.status).toBe(0);
  const done = last(first);
  expect(done).toMatchObject({ type: 'done', run: 'run-0001' });
  const sheet = readFileSync(done.sheet as string);
  // PNG signature, then IHDR's width: 2 halves of 8 pictures of 128 pixels and more.
  expect(sheet.subarray(1, 4).toString()).toBe('PNG');
  expect(sheet.readUInt32BE(16)).toBeGreaterThan(2048);
  const files = readdirSync(done.dicom as string);
  expect(files.filter((name) => name.endsWith('.dcm'))).toHaveLength(5);
  expect(existsSync(join(done.dicom as string, 'manifest.json'))).toBe(true);

  if (hasValidator) {
    const { stderr } = spawnSync('dciodvfy', [join(done.dicom as string, files[1]!)], { encoding: 'utf8' });
    const errors = stderr
      .split('\n')
      .filter((line) => line.startsWith('Error') && !line.includes('(0x0008,0x001c)'));
    expect(errors).toEqual([]);
  } else process.stderr.write('SKIPPED: dciodvfy (Debian package dicom3tools) is not here.\n');

  const second = await gantry('demo', '--minutes', '0.1', '--count', '2', '--out', out);
  expect(last(second)).toMatchObject({ type: 'done', run: 'run-0002' });
}, 300_000);
