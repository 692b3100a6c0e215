import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createRunner, type RunnerSpec } from '../../../../src/engine/index.ts';
import { createTrainer, type RunConfig } from '../../../../src/gan/index.ts';
import { syntheticOfRun } from '../../../../src/studio/evaluate/synthetic.ts';
import { writeCheckpoint } from '../../../../src/trainer/checkpoint.ts';
import type { Workspace } from '../../../../src/workspace/index.ts';
import { blobSource, conditions, smallConfig } from '../../gan/support.ts';
import { type MadeWorkspace, madeWorkspace } from '../import/madeWorkspace.ts';

const traced = (spec: RunnerSpec) => createRunner(spec, { device: 'cpu', threads: 1 });

let made: MadeWorkspace;
let ws: Workspace;
beforeAll(async () => {
  made = await madeWorkspace(4);
  ({ ws } = made);
});
afterAll(() => made.remove());

/** A run of one step with its checkpoint. */
async function begun(gan: RunConfig): Promise<string> {
  const run = ws.createRun({
    dataset: 'made',
    preset: gan.preset,
    size: gan.size,
    seed: gan.seed,
    config: { gan },
    device: 'cpu',
    totalImages: 40,
  });
  const trainer = await createTrainer(gan, blobSource(16, 12, gan.conditions !== null), traced);
  await trainer.step();
  const figures = { images: trainer.images, step: trainer.steps, seconds: 1 };
  await writeCheckpoint(ws.runDir(run.id), await trainer.checkpoint(), figures);
  await trainer.dispose();
  return run.id;
}

describe('what an evaluation says of the slices that it judges', () => {
  it('labels that were asked for, and that shares were then chosen', async () => {
    const run = await begun(smallConfig('dcgan', { conditions }));
    const of = (labels?: 'balanced' | Record<string, string>) =>
      syntheticOfRun(ws, { run, count: 4, seed: 1, labels });
    const [plain, balanced, named] = [
      await of(),
      await of('balanced'),
      await of({ third: 'upper', age: '40' }),
    ];
    expect(plain.judged).not.toHaveProperty('labels');
    expect(plain.judged).not.toHaveProperty('resolution');
    expect(plain.limits.filter((said) => said.includes('labels'))).toEqual([]);
    expect(balanced.judged.labels).toBe('balanced');
    expect(balanced.limits.join()).toMatch(/\(balanced\).*coverage and subgroups.*by design/);
    expect(named.judged.labels).toBe('third=upper, age=40');
    expect(named.limits.join()).toContain('third=upper, age=40');
  });

  it('the resolution of a run that still grows', async () => {
    const run = await begun(
      smallConfig('dcgan', { progressive: { start: 8, fadeImages: 12, stableImages: 8 } }),
    );
    const { judged, limits } = await syntheticOfRun(ws, { run, count: 4, seed: 1 });
    expect(judged.resolution).toBe(8);
    expect(limits.join()).toMatch(/made at 8 pixels and enlarged to 16/);
  });
});
