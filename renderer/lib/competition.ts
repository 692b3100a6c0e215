import type { RunMetrics } from '../../src/contract/index.ts';
import { distribution, recent } from './curves.ts';

/** Logged steps that the humps are made of. */
const steps = 200;
/** Places that a density is told at. */
export const places = 120;

/** What the two humps are drawn from. */
export function competition(metrics: Pick<RunMetrics, 'scoreReal' | 'scoreFake'>) {
  const real = recent(metrics.scoreReal, steps);
  const fake = recent(metrics.scoreFake, steps);
  const all = [...real, ...fake];
  const low = Math.min(...all);
  const high = Math.max(...all);
  // Three widths of the widest kernel hold what lies beyond the outermost values.
  const widest = Math.max(...[real, fake].map((values) => distribution(values, [], 0).width));
  const margin = Math.max(1e-6, (high - low) * 0.15, 3 * widest);
  const from = low - margin;
  const step = (high + margin - from) / (places - 1);
  const x = Array.from({ length: places }, (_, i) => from + i * step);
  const ofReal = distribution(real, x, step);
  const ofFake = distribution(fake, x, step);
  const overlap = x.reduce((sum, _, i) => sum + Math.min(ofReal.density[i]!, ofFake.density[i]!) * step, 0);
  return {
    count: Math.min(real.length, fake.length),
    x,
    real: ofReal,
    fake: ofFake,
    overlap: Math.min(1, overlap),
  };
}
