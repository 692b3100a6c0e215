import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { GantryError } from '../../../src/base/errors.ts';
import type * as Engine from '../../../src/engine/index.ts';
import { listCheckpoints } from '../../../src/trainer/checkpoint.ts';
import type { TrainerReport, TrainerStart } from '../../../src/trainer/messages.ts';
import { runSession } from '../../../src/trainer/session.ts';
import { blobSource, smallConfig } from '../gan/support.ts';

// The real engine, which has no memory left for networks of 16 pixels while `full` is true.
const memory = vi.hoisted(() => ({ full: false }));
vi.mock('../../../src/engine/index.ts', async (original) => {
  const engine = await original<typeof Engine>();
  const createRunner: typeof engine.createRunner = (spec, options) => {
    if (memory.full && 'g/l8.up.w' in spec.state) {
      return Promise.reject(new GantryError('OUT_OF_MEMORY', 'No memory for the larger networks.'));
    }
    return engine.createRunner(spec, options);
  };
  return { ...engine, createRunner };
});

let folder: string;
let order: TrainerStart;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gantry-growth-'));
  const cacheFile = join(folder, 'cache.u16');
  const images = blobSource(16, 40).next(40).images;
  writeFileSync(
    cacheFile,
    Uint16Array.from(images, (v) => Math.round((v + 1) * 32767.5)),
  );
  order = {
    type: 'start',
    runDir: mkdtempSync(join(folder, 'run-')),
    cacheFile,
    count: 40,
    size: 16,
    // 8 px for three steps; a checkpoint stands before the third.
    config: smallConfig('stylegan2', { progressive: { start: 8, fadeImages: 8, stableImages: 12 } }),
    device: 'cpu',
    threads: 1,
    totalImages: 24,
    minutes: null,
    resumeFrom: null,
    checkpointEveryImages: 8,
  };
});
afterEach(() => {
  memory.full = false;
  rmSync(folder, { recursive: true, force: true });
});

async function session(changes: Partial<TrainerStart>): Promise<TrainerReport[]> {
  const reports: TrainerReport[] = [];
  await runSession(
    { ...order, ...changes },
    (report) => reports.push(report),
    () => false,
  );
  return reports;
}

it('a failed change of resolution is told as it is, and the run resumes from the checkpoint before', async () => {
  memory.full = true;
  await expect(session({})).rejects.toThrow(expect.objectContaining({ code: 'OUT_OF_MEMORY' }));
  const kept = await listCheckpoints(order.runDir);
  expect(kept.map((entry) => entry.images)).toEqual([8]);
  // Again, from the checkpoint: nothing of the failure is left in the run.
  await expect(session({ resumeFrom: kept[0]!.folder })).rejects.toThrow(
    expect.objectContaining({ code: 'OUT_OF_MEMORY' }),
  );
  expect((await listCheckpoints(order.runDir)).map((entry) => entry.images)).toEqual([8]);
  memory.full = false;
  const reports = await session({ resumeFrom: kept[0]!.folder });
  expect(reports.at(-1)).toMatchObject({ type: 'done', reason: 'finished', images: 24 });
  expect(reports).toContainEqual(expect.objectContaining({ type: 'event', kind: 'resolution', images: 12 }));
});

it('minutes that are too short for growing end the run where it stands, and it says so', async () => {
  const progressive = { start: 8, fadeImages: 8, stableImages: 1_000_000 };
  const reports = await session({
    config: smallConfig('stylegan2', { progressive }),
    totalImages: null,
    minutes: 0.06,
    checkpointEveryImages: 1_000_000,
  });
  const done = reports.at(-1)!;
  expect(done).toMatchObject({ type: 'done', reason: 'finished' });
  const images = done.type === 'done' ? done.images : Number.NaN;
  expect(reports.filter(({ type }) => type === 'planned')).toMatchObject([{ totalImages: images }]);
  const said = reports.filter((r) => r.type === 'event' && r.kind === 'not-fully-grown');
  expect(said).toMatchObject([{ images, text: expect.stringContaining('it ends at 8 pixels.') }]);
});
