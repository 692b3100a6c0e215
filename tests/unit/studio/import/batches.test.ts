import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { Batches } from '../../../../src/studio/import/batches.ts';
import { Workspace } from '../../../../src/workspace/index.ts';
import { fileOf, incoming, newDataset, temporaryFolder } from '../../workspace/helpers.ts';

it('tells a failure that came when nobody was asking, after the last file', async () => {
  using folder = temporaryFolder();
  const ws = Workspace.create(join(folder.dir, 'ws'));
  ws.acquireWriter();
  newDataset(ws, 'd');
  const batches = new Batches(ws.beginIngest('d'));
  const told: unknown[] = [];
  batches.listen(
    () => undefined,
    (error) => told.push(error),
  );
  const {
    sourceKey,
    slices,
    total = null,
  } = fileOf(ws, 'a', [incoming(ws, 'p', 's', 1, new Uint16Array(64 * 64).fill(7), 64)]);
  batches.push(
    { type: 'slices', id: 0, sourceKey, slices, bytes: 8192, taken: 0, total, lines: [], withoutLine: 0 },
    () => expect.unreachable('nothing was stored'),
  );
  // The database goes before the batch's time comes, as on a disk that is full then.
  ws.close();
  await sleep(200);
  expect(told).toHaveLength(1);
  expect(() => batches.store()).toThrow(told[0] as Error);
  await expect(batches.close()).rejects.toThrow();
  expect(batches.added).toBe(0);
});
