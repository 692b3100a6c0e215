import { expect, it } from 'vitest';
import { emptyProgress, runIndex } from '../../../scripts/fuzzing/run.ts';

it('2,000 damaged files give slices or coded errors, quickly and in bounded memory', async () => {
  const progress = emptyProgress();
  for (let index = 0; index < 2000; index++) await runIndex(2024, index, progress);
  expect(progress.failures).toEqual([]);
  expect(progress.done).toBe(2000);
  // The damage must not be so heavy that nothing gets past the first check.
  expect(progress.slices).toBeGreaterThan(50);
  for (const { inputs, read } of Object.values(progress.readers))
    expect(Math.min(inputs, read)).toBeGreaterThan(0);
  expect(Object.keys(progress.readers)).toHaveLength(8);
});
