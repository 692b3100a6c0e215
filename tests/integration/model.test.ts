import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type TestWorkspace, trainedWorkspace } from '../e2e/support/workspace.ts';
import { gantry, last } from '../support/cli.ts';

const temp = mkdtempSync(join(tmpdir(), 'gantry-model-'));
const file = join(temp, 'model.zip');
const theirs = join(temp, 'theirs');
let ours: TestWorkspace & { readonly run: string };

/** Another ZIP library writes what we read: the model file again, changed by a few lines of Python. */
function rewritten(name: string, change: string): string {
  const out = join(temp, `${name}.zip`);
  const script = `
import json, sys, zipfile, hashlib
files = {n: zipfile.ZipFile(sys.argv[1]).read(n) for n in zipfile.ZipFile(sys.argv[1]).namelist()}
top = next(iter(files)).split('/')[0] + '/'
manifest = json.loads(files[top + 'gantry-model.json'])
compress = zipfile.ZIP_STORED
def put(name, data):
    files[top + name] = data
    for f in manifest['files']:
        if f['path'] == name: f.update(bytes=len(data), sha256=hashlib.sha256(data).hexdigest())
weights = bytearray(files[top + 'weights.safetensors'])
${change}
if manifest is not None: files[top + 'gantry-model.json'] = json.dumps(manifest).encode()
with zipfile.ZipFile(sys.argv[2], 'w', compress) as z:
    for n, d in files.items(): z.writestr(n, d)
`;
  execFileSync('python3', ['-c', script, file, out]);
  return out;
}

const generated = async (workspace: string, run: string, out: string) => {
  const made = await gantry(
    ...['generate', '--workspace', workspace, '--run', run, '--count', '5', '--seed', '7'],
    ...['--format', 'nifti', '--keep-near-copies', '--out', join(temp, out)],
  );
  expect(last(made)).toMatchObject({ type: 'done' });
  const nifti = readdirSync(join(temp, out)).find((name) => name.includes('.nii'));
  const bytes = readFileSync(join(temp, out, nifti ?? ''));
  const file = nifti?.endsWith('.gz') ? gunzipSync(bytes) : bytes;
  // From vox_offset on; the header names the run and the weights, which are others' there.
  return file.subarray(file.readFloatLE(108));
};

describe('a model that is handed to a colleague', { timeout: 300_000 }, () => {
  beforeAll(async () => {
    ours = await trainedWorkspace(64);
    const made = await gantry('model', 'export', '--workspace', ours.dir, '--run', ours.run, '--out', file);
    expect(last(made)).toMatchObject({ type: 'done', run: 'run-0001', images: 64, hasEvaluation: false });
  }, 300_000);
  afterAll(() => {
    ours?.remove();
    rmSync(temp, { recursive: true, force: true });
  });

  it('holds weights, settings, card and hashes, and no name of anything', () => {
    const bytes = readFileSync(file);
    for (const name of ['made-', '1.2.3.', '.dcm', 'scans', '"made"', ours.dir]) {
      expect(bytes.includes(name), name).toBe(false);
    }
    const listed = execFileSync('python3', ['-m', 'zipfile', '-t', file]).toString();
    expect(listed).toContain('Done testing');
    expect(bytes.includes('# Model card')).toBe(true);
  });

  it('makes the same slices there as here', async () => {
    const made = await gantry('model', 'import', file, '--workspace', theirs);
    expect(last(made)).toMatchObject({ type: 'done', run: 'run-0001', preset: 'tiny', size: 32, images: 64 });
    const [here, there] = [
      await generated(ours.dir, ours.run, 'here'),
      await generated(theirs, 'run-0001', 'there'),
    ];
    const hash = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');
    expect(here.length).toBe(5 * 32 * 32 * 2);
    expect(hash(there)).toBe(hash(here));
  });

  it('draws a sheet that says that real slices are not here, and cannot be resumed or branched', async () => {
    const sheet = join(temp, 'sheet.png');
    const drawn = await gantry(
      'sheet',
      '--workspace',
      theirs,
      '--run',
      'run-0001',
      '--count',
      '4',
      '--out',
      sheet,
    );
    expect(last(drawn)).toMatchObject({ type: 'done', real: 0, synthetic: 4 });
    const resumed = await gantry('train', '--workspace', theirs, '--resume', 'run-0001');
    expect(last(resumed)).toMatchObject({ code: 'RUN_COMPLETE' });
    const branched = await gantry('train', '--workspace', theirs, '--branch', 'run-0001', '--images', '999');
    expect(last(branched)).toMatchObject({ code: 'USAGE', action: expect.stringContaining('--from') });
    const judged = await gantry(
      'evaluate',
      '--workspace',
      theirs,
      '--run',
      'run-0001',
      '--out',
      join(temp, 'no'),
    );
    expect(last(judged)).toMatchObject({ code: 'NOT_FOUND', action: expect.stringContaining('--dataset') });
    const packed = await gantry(
      ...[
        'package',
        '--workspace',
        theirs,
        '--run',
        'run-0001',
        '--count',
        '8',
        '--out',
        join(temp, 'packed'),
      ],
    );
    expect(last(packed)).toMatchObject({
      code: 'NOT_FOUND',
      message: expect.stringContaining('cannot be packaged'),
      action: expect.stringContaining('--dataset'),
    });
  });

  it('is judged against a dataset there, and others begin with it', async () => {
    const scans = join(ours.dir, '..', 'scans');
    await gantry('import', scans, '--workspace', theirs, '--dataset', 'local');
    const judged = await gantry(
      ...['evaluate', '--workspace', theirs, '--run', 'run-0001', '--dataset', 'local'],
      ...['--count', '48', '--out', join(temp, 'judged')],
    );
    expect(last(judged)).toMatchObject({
      type: 'done',
      limits: expect.arrayContaining([expect.stringContaining('was not trained on this dataset')]),
    });
    const tuned = await gantry(
      ...['train', '--workspace', theirs, '--dataset', 'local', '--from', 'run-0001', '--size', '32'],
      ...['--images', '32', '--device', 'cpu'],
    );
    expect(last(tuned)).toMatchObject({ type: 'done', run: 'run-0002', images: 32 });
    // What came in goes out again, with what is known of its data.
    const again = join(temp, 'again.zip');
    await gantry('model', 'export', '--workspace', theirs, '--run', 'run-0001', '--out', again);
    const manifest = (path: string) =>
      JSON.parse(
        execFileSync('python3', [
          '-c',
          'import sys,zipfile;z=zipfile.ZipFile(sys.argv[1]);print(z.read([n for n in z.namelist() if n.endswith("model.json")][0]).decode())',
          path,
        ]).toString(),
      );
    const [first, second] = [manifest(file), manifest(again)];
    expect(second.data).toEqual(first.data);
    expect(first.data).toMatchObject({ modalities: ['MR'], trainSubjects: 6, trainSlices: 48 });
    const weights = ({ files }: { files: { path: string; sha256: string }[] }) =>
      files.find(({ path }) => path.endsWith('.safetensors'))?.sha256;
    expect(weights(second)).toBe(weights(first));
  });

  it.each([
    ['a newer version', "manifest['version'] = 2", 'BAD_MODEL', 'newer'],
    ['no model', "manifest = None; del files[top + 'gantry-model.json']", 'BAD_MODEL', 'no Gantry model'],
    [
      'a changed weight',
      "weights[-1] ^= 1; files[top + 'weights.safetensors'] = bytes(weights)",
      'BAD_MODEL',
      'SHA-256',
    ],
    [
      'a weight that is not finite',
      "weights[-4:] = b'\\x00\\x00\\xc0\\x7f'; put('weights.safetensors', bytes(weights))",
      'BAD_MODEL',
      'finite',
    ],
    [
      'weights of other networks',
      "manifest['model']['size'] = 64; manifest['model']['config']['size'] = 64",
      'BAD_MODEL',
      'fit',
    ],
    ['settings that are none', "manifest['model']['config'] = {'a': 1}", 'BAD_MODEL', 'damaged'],
    [
      'values that are not those of its labels',
      "manifest['model']['config']['conditions'] = {'labels': [{'kind': 'class', 'name': 'sex', 'values': ['F', 'M']}], 'combinations': [{'values': [7], 'slices': 1}], 'balanced': False}",
      'BAD_MODEL',
      'conditions.combinations.0',
    ],
    [
      'half its weights',
      "put('weights.safetensors', bytes(weights[:len(weights)//2]))",
      'BAD_MODEL',
      'damaged',
    ],
    ['a name that leads outside', "files['../outside.txt'] = b'x'", 'BAD_MODEL', 'refused'],
    ['a file more', "files[top + 'more.txt'] = b'x'", 'BAD_MODEL', 'belong to nothing'],
    ['a file less', "del files[top + 'card.md']", 'BAD_MODEL', 'missing'],
    ['a bomb', "compress = zipfile.ZIP_DEFLATED; put('card.md', bytes(2**26))", 'BAD_MODEL', 'too long'],
  ])('%s is refused, and nothing is imported', async (name, change, code, words) => {
    const empty = join(temp, `empty-${name.replaceAll(' ', '-')}`);
    const refused = await gantry('model', 'import', rewritten(name, change), '--workspace', empty);
    expect(last(refused)).toMatchObject({ type: 'error', code, message: expect.stringContaining(words) });
    expect(existsSync(empty)).toBe(false);
  });

  it('a file that was cut off, or is no archive, is refused', async () => {
    const bytes = readFileSync(file);
    const cut = join(temp, 'cut.zip');
    for (const [content, code] of [
      [bytes.subarray(0, bytes.length - 100), 'TRUNCATED'],
      [Buffer.from('not a ZIP archive, but long enough to be looked at'), 'TRUNCATED'],
    ] as const) {
      writeFileSync(cut, content);
      expect(last(await gantry('model', 'import', cut, '--workspace', join(temp, 'none')))).toMatchObject({
        code,
      });
    }
    const absent = await gantry(
      'model',
      'import',
      join(temp, 'absent.zip'),
      '--workspace',
      join(temp, 'none'),
    );
    expect(last(absent)).toMatchObject({ code: 'NOT_FOUND' });
  });
});
