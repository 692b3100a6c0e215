import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writePhantom } from '../../src/phantom/index.ts';
import { gantry, type Line, last, start } from '../support/cli.ts';
import { testData } from '../support/data.ts';

const hasDcmdump = spawnSync('dcmdump', ['--version'], { stdio: 'ignore' }).status === 0;
if (!hasDcmdump) process.stderr.write('SKIPPED: the identity search needs dcmdump (Debian package dcmtk).\n');

const temp = mkdtempSync(join(tmpdir(), 'gantry-main-'));
const workspace = join(temp, 'workspace');
const scans = join(temp, 'scans');
const folders: string[] = [];

afterAll(() => rmSync(temp, { recursive: true, force: true }));

/** Two subjects: every fourth slice of the middle of two real series, or a phantom where the data are missing. */
async function takeSlices(): Promise<number> {
  if (testData === undefined) {
    await writePhantom({ outDir: scans, subjects: 2, slicesPerSubject: 24, size: 64, seed: 3 });
  } else {
    for (const series of ['adi-mprage', 'sag-anon']) {
      mkdirSync(join(scans, series), { recursive: true });
      const files = readdirSync(join(testData, 'mri', series))
        .sort()
        .slice(40, 130);
      for (const file of files.filter((_, i) => i % 4 === 0)) {
        copyFileSync(join(testData, 'mri', series, file), join(scans, series, file));
      }
    }
  }
  folders.push(...readdirSync(scans).map((name) => join(scans, name)));
  return folders.reduce((sum, folder) => sum + readdirSync(folder).length, 0);
}

const losses = (lines: readonly Line[]) =>
  new Map(
    lines
      .filter((line) => line.type === 'progress' && typeof line.step === 'number')
      .map((line) => [line.step as number, `${line.lossD} ${line.lossG}`]),
  );

describe('the main job', { timeout: 300_000 }, () => {
  let count = 0;
  beforeAll(async () => {
    count = await takeSlices();
    const result = await gantry('import', scans, '--workspace', workspace, '--dataset', 'heads');
    expect([result.status, result.stderr]).toEqual([0, '']);
    expect(last(result)).toMatchObject({
      type: 'done',
      slices: count,
      already: 0,
      series: 2,
      subjects: 2,
      rejected: [],
    });
  });

  it('adds nothing when the same files are imported again', async () => {
    const result = await gantry('import', scans, '--workspace', workspace, '--dataset', 'heads');
    expect(last(result)).toMatchObject({ type: 'done', slices: count, already: count, series: 2 });
  });

  it('lists the dataset', async () => {
    const result = await gantry('datasets', '--workspace', workspace);
    expect(result.lines[0]).toMatchObject({ type: 'item', dataset: 'heads', slices: count, subjects: 2 });
    expect(last(result).type).toBe('done');
  });

  it('gives the same losses twice, survives SIGKILL, and resumes on exactly the same path', async () => {
    const train = (...more: string[]) => [
      'train',
      '--workspace',
      workspace,
      '--dataset',
      'heads',
      '--preset',
      'tiny',
      '--size',
      '32',
      '--seed',
      '5',
      '--images',
      '1280',
      '--checkpoint-every',
      '320',
      ...more,
    ];
    const whole = await gantry(...train());
    expect(whole.stderr).toBe('');
    expect(last(whole)).toMatchObject({ type: 'done', images: 1280 });
    const expected = losses(whole.lines);
    expect(expected.size).toBeGreaterThan(50);

    const killed = start(train());
    const { run } = await killed.until((line) => line.type === 'item' && typeof line.run === 'string');
    // Between two checkpoints, at a moment that no test chose.
    await killed.until(
      (line) => line.type === 'progress' && (line.images as number) >= 400 + Math.random() * 500,
    );
    killed.child.kill('SIGKILL');
    const dead = await killed.finished;
    expect(dead.signal).toBe('SIGKILL');
    for (const [step, loss] of losses(dead.lines))
      expect(`${step}: ${loss}`).toBe(`${step}: ${expected.get(step)}`);

    const listed = await gantry('runs', '--workspace', workspace);
    expect(listed.lines.some((line) => line.run === run && (line.images as number) < 1280)).toBe(true);

    const resumed = await gantry('train', '--workspace', workspace, '--resume', run as string);
    expect(last(resumed)).toMatchObject({ type: 'done', run, images: 1280 });
    const went = losses(resumed.lines);
    expect(went.size).toBeGreaterThan(0);
    for (const [step, loss] of went) expect(`${step}: ${loss}`).toBe(`${step}: ${expected.get(step)}`);

    // The weights, too, are those of the run that was never killed.
    const weights = (id: string) => {
      const folder = join(workspace, 'runs', id, 'checkpoints');
      const newest = readdirSync(folder).sort().at(-1)!;
      return createHash('sha256')
        .update(readFileSync(join(folder, newest, 'weights.safetensors')))
        .digest('hex');
    };
    expect(weights(run as string)).toBe(weights(last(whole).run as string));
  });

  it('stops cleanly on SIGTERM, with a checkpoint and status 130', async () => {
    const running = start(['train', '--workspace', workspace, '--dataset', 'heads', '--images', '100000']);
    await running.until((line) => line.type === 'progress' && (line.step as number) >= 3);
    const busy = await gantry('import', scans, '--workspace', workspace, '--dataset', 'other');
    expect(busy.status).toBe(1);
    expect(last(busy)).toMatchObject({ type: 'error', code: 'WORKSPACE_BUSY' });
    const reader = await gantry('runs', '--workspace', workspace);
    expect(reader.lines.some((line) => line.state === 'running')).toBe(true);
    running.child.kill('SIGTERM');
    const stopped = await running.finished;
    expect(stopped.status).toBe(130);
    const error = last(stopped);
    expect(error).toMatchObject({ type: 'error', code: 'CANCELLED' });
    expect(
      existsSync(join(workspace, 'runs', error.run as string, 'checkpoints', error.checkpoint as string)),
    ).toBe(true);
  });

  it('generates DICOM that is the same for any count, and a sheet', async () => {
    const generate = (count: number, out: string) =>
      gantry(
        'generate',
        '--workspace',
        workspace,
        '--run',
        'run-0001',
        '--count',
        String(count),
        '--seed',
        '9',
        '--format',
        'dicom',
        '--out',
        join(temp, out),
      );
    const few = await generate(3, 'few');
    const many = await generate(20, 'many');
    expect(last(few)).toMatchObject({ type: 'done', count: 3 });
    expect(last(many)).toMatchObject({ type: 'done', count: 20 });
    const files = (result: typeof few) => last(result).files as string[];
    const pixels = (file: string) => readFileSync(file).subarray(-32 * 32 * 2);
    for (let i = 0; i < 3; i++) expect(pixels(files(few)[i]!).equals(pixels(files(many)[i]!))).toBe(true);
    const manifest = JSON.parse(readFileSync(last(many).manifest as string, 'utf8')) as {
      files: { path: string; sha256: string }[];
    };
    expect(manifest.files).toHaveLength(20);
    for (const { path, sha256 } of manifest.files) {
      expect(
        createHash('sha256')
          .update(readFileSync(join(temp, 'many', path)))
          .digest('hex'),
      ).toBe(sha256);
    }
    const sheet = join(temp, 'sheet.png');
    expect(
      last(await gantry('sheet', '--workspace', workspace, '--run', 'run-0001', '--out', sheet)),
    ).toMatchObject({ type: 'done' });
    expect(readFileSync(sheet).subarray(1, 4).toString()).toBe('PNG');
  });

  it('answers bad calls with a code and a status', async () => {
    const size = await gantry(
      'train',
      '--workspace',
      workspace,
      '--dataset',
      'heads',
      '--size',
      '63',
      '--images',
      '100',
    );
    expect([size.status, last(size).code]).toEqual([1, 'BAD_SIZE']);
    const nobody = await gantry('train', '--workspace', workspace, '--dataset', 'nobody', '--images', '100');
    expect([nobody.status, last(nobody).code]).toEqual([1, 'NOT_FOUND']);
    const usage = await gantry('train', '--workspace', workspace, '--dataset', 'heads', '--images', 'many');
    expect([usage.status, last(usage).code]).toEqual([2, 'USAGE']);
    const device = await gantry(
      'train',
      '--workspace',
      workspace,
      '--dataset',
      'heads',
      '--images',
      '100',
      '--device',
      'abacus',
    );
    expect([device.status, last(device).code]).toEqual([1, 'DEVICE_UNAVAILABLE']);
    const missing = await gantry(
      'generate',
      '--workspace',
      workspace,
      '--run',
      'run-9999',
      '--count',
      '1',
      '--out',
      join(temp, 'x'),
    );
    expect([missing.status, last(missing).code]).toEqual([1, 'NOT_FOUND']);
    const folder = await gantry('datasets', '--workspace', scans);
    expect([folder.status, last(folder).code]).toEqual([1, 'WORKSPACE_INVALID']);
  });

  it('lists broken files as rejections and keeps the rest', async () => {
    const mixed = join(temp, 'mixed');
    mkdirSync(mixed);
    const good = readdirSync(folders[0]!).slice(0, 2);
    for (const file of good) copyFileSync(join(folders[0]!, file), join(mixed, file));
    writeFileSync(join(mixed, 'notes.dcm'), 'This is not a picture.\n');
    writeFileSync(join(mixed, 'cut.dcm'), readFileSync(join(folders[0]!, good[0]!)).subarray(0, -1_000));
    writeFileSync(join(mixed, 'empty.dcm'), '');
    const result = await gantry('import', mixed, '--workspace', join(temp, 'w2'), '--dataset', 'mixed');
    expect(result.status).toBe(0);
    const rejected = last(result).rejected as { path: string; code: string; reason: string }[];
    expect(rejected.map((r) => r.path).sort()).toEqual(['cut.dcm', 'empty.dcm', 'notes.dcm']);
    expect(last(result)).toMatchObject({ slices: 2 });
    expect(rejected.find((r) => r.path === 'cut.dcm')?.code).toBe('TRUNCATED');

    const none = join(temp, 'none');
    mkdirSync(none);
    const empty = await gantry('import', none, '--workspace', join(temp, 'w2'), '--dataset', 'mixed');
    expect([empty.status, last(empty).code]).toEqual([1, 'NO_INPUT']);
    // A workspace that was made for nothing is not left behind.
    const fresh = await gantry('import', none, '--workspace', join(temp, 'w3'), '--dataset', 'mixed');
    expect([last(fresh).code, existsSync(join(temp, 'w3'))]).toEqual(['NO_INPUT', false]);
  });

  it.runIf(hasDcmdump)('keeps nobody in the workspace: no identity of the files in any byte', () => {
    const identities = folders.flatMap(identitiesOf);
    expect(identities.length).toBeGreaterThan(3);
    const bytes = readdirSync(workspace, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => readFileSync(join(entry.parentPath, entry.name)));
    for (const identity of identities) {
      for (const content of bytes) expect(content.includes(identity)).toBe(false);
    }
  });
});

/** Names, IDs, dates and UIDs as dcmdump, an independent reader, sees them. */
function identitiesOf(folder: string): string[] {
  const tags = [
    'PatientName',
    'PatientID',
    'StudyInstanceUID',
    'SeriesInstanceUID',
    'SOPInstanceUID',
    'StudyDate',
    'InstitutionName',
  ];
  const file = join(folder, readdirSync(folder)[0]!);
  const text = execFileSync('dcmdump', ['-q', ...tags.flatMap((tag) => ['+P', tag]), file], {
    encoding: 'utf8',
  });
  return [...text.matchAll(/\[([^\]]{6,})\]/g)].map((match) => match[1]!);
}
