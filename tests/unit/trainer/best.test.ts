import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createRunner, type RunnerSpec } from '../../../src/engine/index.ts';
import { createTrainer } from '../../../src/gan/index.ts';
import { noteBest, readBest, scoreOf } from '../../../src/trainer/best.ts';
import { listCheckpoints, readCheckpoint, writeCheckpoint } from '../../../src/trainer/checkpoint.ts';
import { blobSource, smallConfig } from '../gan/support.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gantry-best-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function aCheckpoint() {
  const trainer = await createTrainer(smallConfig('dcgan'), blobSource(16), (spec: RunnerSpec) =>
    createRunner(spec, { device: 'cpu', threads: 1 }),
  );
  const checkpoint = await trainer.checkpoint();
  await trainer.dispose();
  return checkpoint;
}

describe('the best checkpoint', () => {
  it('is that of the lowest distances without near-copies, and is kept beside the newest', async () => {
    const checkpoint = await aCheckpoint();
    const kid = [0.5, 0.1, 0.3, 0.05, 0.4];
    for (const [i, kidRand] of kid.entries()) {
      const entry = await writeCheckpoint(
        folder,
        checkpoint,
        { images: 10 * (i + 1), step: i, seconds: i },
        2,
      );
      // The lowest of all copies its training slices.
      await noteBest(folder, entry, { kidRand, kidPix: kidRand, nearCopies: i === 3 ? 0.2 : 0.01 });
    }
    expect(await readBest(folder)).toMatchObject({ images: 20 });
    expect((await listCheckpoints(folder)).map(({ images }) => images)).toEqual([20, 40, 50]);
  });

  it('is none without figures', async () => {
    expect(scoreOf({ coverage: 0.5 })).toBeNull();
    expect(scoreOf({ kidRand: 0.04, kidPix: 0.01 })).toBeCloseTo(0.02, 12);
    expect(await readBest(folder)).toBeNull();
  });
});

describe('a disk that fills at a checkpoint', () => {
  it('loses nothing: coded, earlier checkpoints whole, and the next one is written once there is room', async (context) => {
    const mount = join(folder, 'small');
    mkdirSync(mount);
    const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=400k', 'tmpfs', mount]).status === 0;
    if (!mounted) {
      process.stderr.write('SKIPPED: a full disk needs the right to mount a tmpfs.\n');
      context.skip();
    }
    try {
      const checkpoint = await aCheckpoint();
      const bytes = Object.values(checkpoint.tensors).reduce((sum, { data }) => sum + data.byteLength, 0);
      expect(bytes).toBeLessThan(100_000);
      const first = await writeCheckpoint(mount, checkpoint, { images: 10, step: 1, seconds: 1 });
      writeFileSync(
        join(mount, 'filler'),
        Buffer.alloc(400_000 - 4096 * 8 - 2 * Math.ceil(bytes / 4096) * 4096 + bytes),
      );
      let error: unknown = null;
      for (let i = 2; i < 40 && error === null; i++) {
        await writeCheckpoint(mount, checkpoint, { images: 10 * i, step: i, seconds: i }, 100).catch((e) => {
          error = e;
        });
      }
      expect(error).toMatchObject({ code: 'DISK_FULL', action: expect.stringContaining('resume') });
      const whole = await listCheckpoints(mount);
      expect(whole[0]?.name).toBe(first.name);
      for (const { folder: one } of whole) await readCheckpoint(one);
      rmSync(join(mount, 'filler'));
      const after = await writeCheckpoint(mount, checkpoint, { images: 999, step: 99, seconds: 9 }, 100);
      expect((await readCheckpoint(after.folder)).images).toBe(999);
    } finally {
      spawnSync('umount', [mount]);
    }
  });
});
