import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createRunner, type RunnerSpec } from '../../../../src/engine/index.ts';
import { createTrainer } from '../../../../src/gan/index.ts';
import { makeBranch } from '../../../../src/studio/train/branch.ts';
import { planRun, readPlan } from '../../../../src/studio/train/plan.ts';
import { listCheckpoints, readCheckpoint, writeCheckpoint } from '../../../../src/trainer/checkpoint.ts';
import type { Workspace } from '../../../../src/workspace/index.ts';
import { blobSource, smallConfig } from '../../gan/support.ts';
import { type MadeWorkspace, madeWorkspace } from '../import/madeWorkspace.ts';

const traced = (spec: RunnerSpec) => createRunner(spec, { device: 'cpu', threads: 1 });
const badProgressive = expect.objectContaining({
  code: 'BAD_CONFIG',
  message: expect.stringMatching(/progressive/i),
});

let made: MadeWorkspace;
let ws: Workspace;
let parent: string;
beforeAll(async () => {
  made = await madeWorkspace(4);
  ({ ws } = made);
  // A run of 8 px until 8 images, with a checkpoint of its first step.
  const gan = smallConfig('dcgan', { progressive: { start: 8, fadeImages: 12, stableImages: 8 } });
  const run = ws.createRun({
    dataset: 'made',
    preset: gan.preset,
    size: gan.size,
    seed: gan.seed,
    config: { gan },
    device: 'cpu',
    totalImages: 40,
  });
  parent = run.id;
  const trainer = await createTrainer(gan, blobSource(16), traced);
  await trainer.step();
  const figures = { images: trainer.images, step: trainer.steps, seconds: 1 };
  const { name, images, sha256 } = await writeCheckpoint(
    ws.runDir(parent),
    await trainer.checkpoint(),
    figures,
  );
  ws.addCheckpoint(parent, { name, images, sha256 });
  await trainer.dispose();
});
afterAll(() => made.remove());

describe('a branch of a growing run', () => {
  it.each([
    'progressive=null',
    'progressive.stableImages=2',
    'progressive.stableImages=2,progressive.fadeImages=1',
  ])('with %s, which stands at another resolution there, is refused before it exists', async (settings) => {
    const before = ws.runs().length;
    await expect(makeBranch(ws, { from: parent, settings })).rejects.toThrow(badProgressive);
    expect(ws.runs()).toHaveLength(before);
  });

  it('with another schedule from there on is made, and its trainer takes the checkpoint', async () => {
    const settings = 'progressive.fadeImages=4,progressive.stableImages=20';
    const branch = await makeBranch(ws, { from: parent, settings });
    const [entry] = await listCheckpoints(ws.runDir(branch));
    const { gan } = readPlan(ws.run(branch));
    const trainer = await createTrainer(gan, blobSource(16), traced);
    await trainer.restore((await readCheckpoint(entry!.folder)).checkpoint);
    await trainer.step();
    await trainer.step();
    expect(trainer.phase).toEqual({ size: 8, fading: false, alpha: 1 });
    await trainer.dispose();
  });
});

it('a progressive run that is to begin with the networks of another is refused before it exists', async () => {
  const planned = (settings?: string) =>
    planRun(ws, { dataset: 'made', preset: 'progressive', size: 32, device: 'cpu', from: parent, settings });
  await expect(planned()).rejects.toThrow(badProgressive);
  expect((await planned('progressive=null')).plan.from?.run).toBe(parent);
});
