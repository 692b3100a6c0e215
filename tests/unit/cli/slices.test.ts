import { expect, it } from 'vitest';
import { slicesCommand } from '../../../src/cli/commands/slices.ts';
import { jsonOutput } from '../../../src/cli/output.ts';
import { parseCommand } from '../../../src/cli/parse.ts';
import { commands } from '../../../src/cli/table.ts';
import { finaliseDataset } from '../../../src/dataset/index.ts';
import { Workspace } from '../../../src/workspace/index.ts';
import { fileOf, incoming, newDataset, temporaryFolder } from '../workspace/helpers.ts';

const spec = commands.find(({ name }) => name === 'slices');

/** What the command prints, line by line. */
async function slices(dir: string, ...args: string[]): Promise<Record<string, unknown>[]> {
  if (spec === undefined) throw new Error('no such command');
  const lines: string[] = [];
  const out = jsonOutput({ write: (line: string) => lines.push(line) });
  const parsed = parseCommand(spec, ['--workspace', dir, '--dataset', 'd', ...args]);
  await slicesCommand(parsed, { out, signal: new AbortController().signal });
  return lines.map((line) => JSON.parse(line));
}

async function codeOf(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => 'none',
    (error: { code?: string }) => error.code ?? String(error),
  );
}

it('lists the slices that were set aside, brings them back, and sets others aside for good', async () => {
  using folder = temporaryFolder();
  const write = Workspace.create(folder.dir, { write: true });
  newDataset(write, 'd');
  newDataset(write, 'other');
  const values = (i: number) => Uint16Array.from({ length: 256 }, (_, p) => (i < 2 && p < 128 ? 500 + p : 0));
  for (const dataset of ['d', 'other']) {
    const ingest = write.beginIngest(dataset);
    ingest.add([
      fileOf(
        write,
        'f',
        [0, 1, 2].map((i) => incoming(write, 'S', 's', i, values(i), 16)),
      ),
    ]);
    ingest.close();
    await finaliseDataset(write, dataset);
  }
  const strange = write.slices('other')[0]?.id ?? 0;
  write.close();

  const [empty, done] = await slices(folder.dir, '--state', 'empty');
  expect(empty).toMatchObject({ type: 'item', slice: 3, series: 'ser-0001', order: 2, state: 'empty' });
  expect(empty?.reason).toContain('%');
  expect(done).toEqual({ type: 'done', dataset: 'd', slices: 1, changed: 0 });
  expect(await slices(folder.dir, '--ids', '3', '--restore')).toMatchObject([
    { slice: 3, state: 'used', reason: null, chosen: true },
    { changed: 1 },
  ]);
  expect(await slices(folder.dir, '--ids', '1,2', '--exclude')).toMatchObject([
    { slice: 1, state: 'excluded', reason: 'by hand' },
    { slice: 2, state: 'excluded', reason: 'by hand' },
    { changed: 2 },
  ]);
  expect(await codeOf(slices(folder.dir, '--ids', `1,${strange}`, '--restore'))).toBe('NOT_FOUND');
  expect(await codeOf(slices(folder.dir, '--restore'))).toBe('USAGE');
  expect(await codeOf(slices(folder.dir, '--ids', '1', '--restore', '--exclude'))).toBe('USAGE');
  expect(await codeOf(slices(folder.dir, '--ids', '1;2'))).toBe('USAGE');
  using busy = Workspace.open(folder.dir, { write: true });
  // Listing needs no lock; changing does.
  expect(await slices(folder.dir, '--state', 'used')).toMatchObject([{ slice: 3 }, { slices: 1 }]);
  expect(await codeOf(slices(folder.dir, '--ids', '1', '--restore'))).toBe('WORKSPACE_BUSY');
  expect(busy.dataset('d')).toMatchObject({ slices: 1, excluded: 2, empty: 0 });
});
