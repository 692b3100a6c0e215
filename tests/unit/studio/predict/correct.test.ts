import { describe, expect, it } from 'vitest';
import { type Correction, correctionText, corrector } from '../../../../src/studio/predict/index.ts';
import type { TrainerReport } from '../../../../src/trainer/messages.ts';

/** Reports of a run that makes `rate` images a second after a slow first ten seconds. */
function progress(seconds: number, rate: number, totalImages: number | null): TrainerReport {
  const images = Math.round(Math.max(0, seconds - 10) * rate);
  const scores = { lossD: 0, lossG: 0, scoreReal: 0, scoreFake: 0, imagesPerSecond: 0 };
  return { type: 'progress', step: 1, images, totalImages, seconds, ...scores, extra: { memoryMb: 640 } };
}

function told(rate: number, totalImages: number | null, from = 0): Correction[] {
  const correct = corrector();
  const found: Correction[] = [];
  for (let seconds = from; seconds <= from + 300; seconds += 0.5) {
    const correction = correct(progress(seconds, rate, totalImages));
    if (correction !== null) found.push(correction);
  }
  return found;
}

describe('the correction of a prediction', () => {
  it('comes once, from the rate of a minute and not from the slow start', () => {
    const [correction, ...more] = told(50, 100_000, 20);
    expect(more).toEqual([]);
    expect(correction!.imagesPerSecond).toBeCloseTo(50, 6);
    // 100,000 images at 50 a second, and ten seconds in which none was made.
    expect(correction!.seconds).toBeCloseTo(2010, 6);
    expect(correction!.memoryBytes).toBe(640e6);
  });

  it('waits for the length of the run', () => {
    expect(told(50, null)).toEqual([]);
  });

  it('says what was predicted beside what was measured', () => {
    const text = correctionText(told(50, 100_000, 20)[0]!, 1200);
    expect(text).toContain('50 images a second');
    expect(text).toContain('about 34 min in all (20 min were predicted)');
    expect(text).toContain('640 MB');
  });
});
