import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Checkpoint } from '../../../src/gan/index.ts';
import {
  listCheckpoints,
  readCheckpoint,
  removeUnfinished,
  writeCheckpoint,
} from '../../../src/trainer/checkpoint.ts';
import { smallConfig } from '../gan/support.ts';

const checkpoint = (value: number): Checkpoint => ({
  tensors: {
    'g/w': { shape: [2], data: Float32Array.of(value, 1) },
    'ema/w': { shape: [2], data: Float32Array.of(value, 2) },
  },
  state: { images: value, config: smallConfig('dcgan') },
});
const figures = (images: number) => ({ images, step: images / 10, seconds: images / 100 });
const bad = expect.objectContaining({ code: 'BAD_CHECKPOINT' });

let runDir: string;
beforeEach(async () => {
  runDir = await mkdtemp(join(tmpdir(), 'gantry-checkpoint-'));
});
afterEach(() => rm(runDir, { recursive: true, force: true }));

describe('checkpoints', () => {
  it('come back as they were written, generator average apart', async () => {
    const written = await writeCheckpoint(runDir, checkpoint(100), figures(100));
    const back = await readCheckpoint(written.folder);
    expect(back).toMatchObject({ ...written, seconds: 1, checkpoint: { state: { images: 100 } } });
    expect(back.checkpoint.tensors).toEqual(checkpoint(100).tensors);
    expect(Array.from(back.ema.w!.data)).toEqual([100, 2]);
    expect(back.config).toEqual(smallConfig('dcgan'));
  });

  it('keep the newest three, oldest first in the list', async () => {
    for (const images of [100, 200, 300, 400, 1000])
      await writeCheckpoint(runDir, checkpoint(images), figures(images));
    expect((await listCheckpoints(runDir)).map((c) => c.images)).toEqual([300, 400, 1000]);
    expect(await readdir(join(runDir, 'checkpoints'))).toHaveLength(3);
  });

  it('replace one of the same number of images', async () => {
    await writeCheckpoint(runDir, checkpoint(100), figures(100));
    const again = await writeCheckpoint(
      runDir,
      { ...checkpoint(100), state: { ...figures(7), config: smallConfig('dcgan') } },
      figures(100),
    );
    expect((await readCheckpoint(again.folder)).checkpoint.state).toMatchObject({ seconds: 0.07 });
    expect(await listCheckpoints(runDir)).toHaveLength(1);
  });

  it('are refused when damaged, newer or incomplete, and the list leaves out what is not whole', async () => {
    const one = await writeCheckpoint(runDir, checkpoint(100), figures(100));
    const two = await writeCheckpoint(runDir, checkpoint(200), figures(200));
    const weights = join(two.folder, 'weights.safetensors');
    const content = await readFile(weights);
    content[content.length - 3]! ^= 1;
    await writeFile(weights, content);
    await expect(readCheckpoint(two.folder)).rejects.toThrow(bad);
    await writeFile(weights, content.subarray(0, 30));
    await expect(readCheckpoint(two.folder)).rejects.toThrow(bad);
    expect((await listCheckpoints(runDir)).map((c) => c.images)).toEqual([100]);
    // What is not whole does not push out what is: the newest good one stays.
    await writeCheckpoint(runDir, checkpoint(300), figures(300), 1);
    await rm(join(runDir, 'checkpoints', 'images-000000300', 'weights.safetensors'));
    expect(await listCheckpoints(runDir)).toEqual([]);
    await expect(readCheckpoint(one.folder)).rejects.toThrow(bad);

    const four = await writeCheckpoint(runDir, checkpoint(400), figures(400));
    const manifest = join(four.folder, 'manifest.json');
    const text = await readFile(manifest, 'utf8');
    await writeFile(manifest, text.replace('"formatVersion": 1', '"formatVersion": 2'));
    await expect(readCheckpoint(four.folder)).rejects.toThrow(/newer/);
    await writeFile(manifest, text.slice(0, 50));
    await expect(readCheckpoint(four.folder)).rejects.toThrow(bad);
  });

  it('that a killed process left half written are removed', async () => {
    await writeCheckpoint(runDir, checkpoint(100), figures(100));
    await mkdir(join(runDir, 'checkpoints', '.unfinished-images-000000200-aa'));
    expect(await listCheckpoints(runDir)).toHaveLength(1);
    await removeUnfinished(runDir);
    expect(await readdir(join(runDir, 'checkpoints'))).toEqual(['images-000000100']);
  });

  it('are listed as none for a run without any', async () => {
    expect(await listCheckpoints(join(runDir, 'nowhere'))).toEqual([]);
  });
});
