import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Random } from '../../../src/base/random.ts';
import { chooseImages, type Images, imageAt } from '../../../src/metrics/arrays.ts';
import { createLightEvaluator, type LightEvaluator } from '../../../src/metrics/light.ts';

const size = 32;

/** One smooth blob picture a subject, two slices of it a little apart. */
function pictures(subjects: number, from: number): { images: Images; of: number[] } {
  const values = new Float32Array(subjects * 2 * size * size);
  const of: number[] = [];
  for (let s = 0; s < subjects; s++) {
    const random = new Random(5, 'light-blobs', from + s);
    const blobs = Array.from({ length: 8 }, () => [
      random.int(size),
      random.int(size),
      3 + 4 * random.uniform(),
      random.normal(),
    ]);
    for (let k = 0; k < 2; k++) {
      for (let i = 0; i < size * size; i++) {
        let v = -0.2;
        for (const [x, y, r, a] of blobs) {
          const [dx, dy] = [(i % size) - x! - k, Math.floor(i / size) - y!];
          v += a! * Math.exp(-(dx * dx + dy * dy) / (2 * r! * r!));
        }
        values[of.length * size * size + i] = Math.tanh(v);
      }
      of.push(from + s);
    }
  }
  return { images: { count: of.length, size, values }, of };
}

const train = pictures(120, 0);
const other = pictures(60, 500).images;
let light: LightEvaluator;
beforeAll(async () => {
  light = await createLightEvaluator({ real: train.images, subjects: train.of, seed: 1 });
});
afterAll(() => light.dispose());

describe('the light evaluation', () => {
  it('scores other pictures of the same kind near zero, and noise far from it', async () => {
    const good = await light.measure(other);
    const random = new Random(1, 'grain');
    const noise = { ...other, values: other.values.map((v) => v + 0.4 * random.normal()) };
    const bad = await light.measure(noise);
    expect(Math.abs(good.kidPix)).toBeLessThan(0.1);
    expect(good.coverage).toBeGreaterThan(0.8);
    expect(good.nearCopies).toBeLessThan(0.05);
    expect(bad.kidPix).toBeGreaterThan(10 * Math.abs(good.kidPix));
    expect(bad.kidRand).toBeGreaterThan(good.kidRand);
  });

  it('sees lost variety in the coverage and copies in their rate', async () => {
    const one = imageAt(other, 3);
    const values = new Float32Array(other.values.length);
    for (let i = 0; i < other.count; i++) values.set(one, i * size * size);
    expect((await light.measure({ ...other, values })).coverage).toBeLessThan(0.1);
    const copied = chooseImages(
      train.images,
      Array.from({ length: 60 }, (_, i) => 2 * i),
    );
    expect((await light.measure(copied)).nearCopies).toBeGreaterThan(0.95);
  });

  it('gives the same figures again, and none of copies where there is one subject', async () => {
    expect(await light.measure(other)).toEqual(await light.measure(other));
    const alone = await createLightEvaluator({
      real: train.images,
      subjects: train.of.map(() => 7),
      seed: 1,
    });
    expect(await alone.measure(other)).not.toHaveProperty('nearCopies');
    await alone.dispose();
  });
});
