import { expect, it } from 'vitest';
import { Random } from '../../../src/base/random.ts';
import type { Images } from '../../../src/metrics/arrays.ts';
import { trainClassifier } from '../../../src/metrics/classifier.ts';

const size = 32;

/** A bright bar in noise: lying for class 0, standing for class 1, slanting for class 2. */
function bars(count: number, name: string): { images: Images; of: number[] } {
  const random = new Random(4, name);
  const values = new Float32Array(count * size * size);
  const of = Array.from({ length: count }, (_, i) => i % 3);
  of.forEach((label, n) => {
    const place = 8 + random.int(16);
    for (let i = 0; i < size * size; i++) {
      const [x, y] = [i % size, Math.floor(i / size)];
      const off = label === 0 ? y - place : label === 1 ? x - place : (x - y) / 1.5 + 16 - place;
      values[n * size * size + i] = Math.exp(-(off * off) / 6) * 1.4 - 0.8 + 0.2 * random.normal();
    }
  });
  return { images: { count, size, values }, of };
}

it('learns classes from slices and tells them in slices that it has not seen', async () => {
  const train = bars(240, 'train');
  const test = bars(150, 'test');
  const net = await trainClassifier(train.images, train.of, { classes: 3, seed: 1, steps: 150 });
  const told = await net.classify(test.images);
  await net.dispose();
  expect(told.filter((label, i) => label === test.of[i]).length / told.length).toBeGreaterThan(0.95);

  // Labels without meaning teach nothing: right as often as chance, a third.
  const random = new Random(9, 'labels');
  const wrong = await trainClassifier(
    train.images,
    train.of.map(() => random.int(3)),
    { classes: 3, seed: 1, steps: 60 },
  );
  const guessed = await wrong.classify(test.images);
  await wrong.dispose();
  const right = guessed.filter((label, i) => label === test.of[i]).length / guessed.length;
  expect(right).toBeGreaterThan(0.1);
  expect(right).toBeLessThan(0.6);
}, 60_000);

it('is the same again with the same seed', async () => {
  const train = bars(60, 'repeat');
  const answers = [];
  for (let i = 0; i < 2; i++) {
    const net = await trainClassifier(train.images, train.of, { classes: 3, seed: 5, steps: 20 });
    answers.push(await net.classify(train.images));
    await net.dispose();
  }
  expect(answers[0]).toEqual(answers[1]);
});
