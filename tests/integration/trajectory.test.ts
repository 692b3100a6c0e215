import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import {
  largestDifference,
  layersApart,
  ourTrajectory,
  relativeDistance,
  torchTrajectory,
} from '../bench/trajectory/compare.ts';
import { makeJob, trajectoryNets } from '../bench/trajectory/jobs.ts';

/** PyTorch is nobody's duty to have: GANTRY_TORCH_PYTHON names a Python with torch, else python3 is asked. */
const python = process.env.GANTRY_TORCH_PYTHON ?? 'python3';
const hasTorch = spawnSync(python, ['-c', 'import torch']).status === 0;
if (!hasTorch) {
  process.stderr.write(
    'SKIPPED: training against PyTorch. Name a Python that has torch in GANTRY_TORCH_PYTHON to test it.\n',
  );
}

const sizes = {
  dcgan: { size: 32, batch: 8, widths: [32, 24, 16] },
  r3gan: { size: 16, batch: 8, widths: [24, 16, 16] },
  stylegan2: { size: 16, batch: 8, widths: [24, 16] },
};

describe.skipIf(!hasTorch)('against PyTorch, from the same weights and inputs', () => {
  it.each(trajectoryNets)(
    '%s: the same networks and 50 steps of the same losses',
    { timeout: 300_000 },
    async (net) => {
      const job = makeJob(net, sizes[net]);
      const ours = await ourTrajectory(job, 50, 1);
      const theirs = torchTrajectory(job, 50, 1, python);
      expect(ours.steps).toHaveLength(theirs.steps.length);
      expect(relativeDistance(ours.first.images, theirs.first.images)).toBeLessThan(1e-4);
      expect(relativeDistance(ours.first.real, theirs.first.real)).toBeLessThan(1e-4);
      expect(relativeDistance(ours.first.fake, theirs.first.fake)).toBeLessThan(1e-4);
      expect(layersApart(ours.first, theirs.first)).toBeLessThan(1e-4);
      expect(layersApart(ours.last, theirs.last)).toBeLessThan(0.01);
      expect(largestDifference(ours, theirs, 0, 1)).toBeLessThan(1e-4);
      expect(largestDifference(ours, theirs, 0, 50)).toBeLessThan(0.01);
    },
  );
});
