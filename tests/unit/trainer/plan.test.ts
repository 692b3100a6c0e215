import { describe, expect, it } from 'vitest';
import { planner } from '../../../src/trainer/plan.ts';

/** Steps of known cost, compilation in the first ones, the penalty in each fourth. */
function drive(budgetSeconds: number, plainSeconds: number) {
  const plan = planner({ budgetSeconds, batch: 10, cycle: 4 });
  let [seconds, images, step] = [1, 0, 0];
  for (;;) {
    const penalised = step++ % 4 === 0;
    seconds += (penalised ? 3 : 1) * plainSeconds + (step <= 2 ? 5 : 0);
    images += 10;
    const made = plan(seconds, images);
    if (made) return { ...made, seconds, images };
  }
}

describe('plan', () => {
  it('foresees the end of the budget from whole cycles, compilation left out', () => {
    const made = drive(480, 0.1);
    // 4 steps of 10 images cost 0.6 s.
    expect(made.imagesPerSecond).toBeCloseTo(40 / 0.6, 5);
    expect(made.seconds).toBeLessThan(35);
    const end = made.seconds + (made.totalImages - made.images) / made.imagesPerSecond;
    expect(end).toBeGreaterThan(470);
    expect(end).toBeLessThanOrEqual(478);
    expect(made.totalImages % 10).toBe(0);
  });

  it('measures shorter on a short budget, and ends a hopeless one at once', () => {
    expect(drive(60, 0.1).seconds).toBeLessThan(25);
    const hopeless = drive(12, 2);
    expect(hopeless.totalImages).toBe(hopeless.images);
  });
});
