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
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gantry-growth-'));
});
afterEach(() => {
  memory.full = false;
  rmSync(folder, { recursive: true, force: true });
});

it('a failed change of resolution is told as it is, and the run resumes from the checkpoint before', async () => {
  const cacheFile = join(folder, 'cache.u16');
  const images = blobSource(16, 40).next(40).images;
  writeFileSync(
    cacheFile,
    Uint16Array.from(images, (v) => Math.round((v + 1) * 32767.5)),
  );
  const order: TrainerStart = {
    type: 'start',
    runDir: join(folder, 'run'),
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
  const session = async (resumeFrom: string | null) => {
    const reports: TrainerReport[] = [];
    await runSession(
      { ...order, resumeFrom },
      (report) => reports.push(report),
      () => false,
    );
    return reports;
  };
  memory.full = true;
  await expect(session(null)).rejects.toThrow(expect.objectContaining({ code: 'OUT_OF_MEMORY' }));
  const kept = await listCheckpoints(order.runDir);
  expect(kept.map((entry) => entry.images)).toEqual([8]);
  // Again, from the checkpoint: nothing of the failure is left in the run.
  await expect(session(kept[0]!.folder)).rejects.toThrow(expect.objectContaining({ code: 'OUT_OF_MEMORY' }));
  expect((await listCheckpoints(order.runDir)).map((entry) => entry.images)).toEqual([8]);
  memory.full = false;
  const reports = await session(kept[0]!.folder);
  expect(reports.at(-1)).toMatchObject({ type: 'done', reason: 'finished', images: 24 });
  expect(reports).toContainEqual(expect.objectContaining({ type: 'event', kind: 'resolution', images: 12 }));
});
