import { once } from 'node:events';
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { toGantryError } from '../../../src/base/errors.ts';
import { Workspace } from '../../../src/workspace/index.ts';
import { heldElsewhere, newDataset, temporaryFolder } from './helpers.ts';

function refusal(work: () => unknown): { code: string; message: string } | undefined {
  try {
    work();
    return undefined;
  } catch (error) {
    const { code, message } = toGantryError(error);
    return { code, message };
  }
}

it('lets many read a dataset or one change it', () => {
  using folder = temporaryFolder();
  using ws = Workspace.create(folder.dir, { write: true });
  newDataset(ws, 'heads');
  newDataset(ws, 'others');
  const first = ws.lease('heads', 'read');
  const second = ws.lease('heads', 'read');
  expect(refusal(() => ws.lease('heads', 'change'))?.code).toBe('DATASET_IN_USE');
  ws.lease('others', 'change').release();
  first.release();
  first.release();
  expect(refusal(() => ws.lease('heads', 'change'))?.code).toBe('DATASET_IN_USE');
  second.release();
  {
    using _ = ws.lease('heads', 'change');
    expect(refusal(() => ws.lease('heads', 'read'))?.code).toBe('DATASET_IN_USE');
    expect(refusal(() => ws.lease('heads', 'change'))?.code).toBe('DATASET_IN_USE');
  }
  ws.lease('heads', 'read').release();
  ws.deleteDataset('heads');
  expect(readdirSync(join(folder.dir, 'locks'))).toEqual(['dataset-2.lock']);
});

it('names the run that trains', () => {
  using folder = temporaryFolder();
  using ws = Workspace.create(folder.dir, { write: true });
  newDataset(ws, 'heads');
  const run = { dataset: 'heads', preset: 'tiny', size: 32, seed: 1, config: {}, device: 'cpu' };
  const { id } = ws.createRun(run);
  ws.updateRun(id, { event: { type: 'start' } });
  using _ = ws.lease('heads', 'read');
  expect(refusal(() => ws.lease('heads', 'change'))).toMatchObject({
    code: 'DATASET_IN_USE',
    message: 'run-0001 trains on the dataset "heads".',
  });
  // So does what refuses a second writer.
  expect(refusal(() => Workspace.open(folder.dir, { write: true }))?.message).toMatch(
    /: run-0001 trains on "heads"\.$/,
  );
});

it('counts between processes, and ends with the process that held it, however that ends', async () => {
  using folder = temporaryFolder();
  using ws = Workspace.create(folder.dir, { write: true });
  newDataset(ws, 'heads');
  const child = await heldElsewhere(folder.dir, 'heads', 'read');
  expect(refusal(() => ws.lease('heads', 'change'))?.code).toBe('DATASET_IN_USE');
  ws.lease('heads', 'read').release();
  child.kill('SIGKILL');
  await once(child, 'exit');
  ws.lease('heads', 'change').release();
});

it('does not bring back a workspace whose folder has gone', () => {
  using folder = temporaryFolder();
  const dir = join(folder.dir, 'ws');
  const ws = Workspace.create(dir, { write: true });
  newDataset(ws, 'heads');
  rmSync(dir, { recursive: true });
  expect(refusal(() => ws.lease('heads', 'change'))?.code).toBe('NOT_FOUND');
  expect(existsSync(dir)).toBe(false);
  ws.close();
});
