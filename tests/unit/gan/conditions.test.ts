import { describe, expect, it } from 'vitest';
import { createRunner, type RunnerSpec } from '../../../src/engine/index.ts';
import { conditionsSchema, encodeLabels, labelsOfSlice, nameLabels } from '../../../src/gan/conditions.ts';
import { createSampler, createTrainer } from '../../../src/gan/index.ts';
import { blobSource, conditions, families, smallConfig } from './support.ts';

const traced = (spec: RunnerSpec) => createRunner(spec, { device: 'cpu', threads: 1 });

describe('labels', () => {
  it('are encoded as one-hot and as hat functions that sum to one', () => {
    // Age 50 of 20..80 is halfway: 2.5 of the knots 0..5.
    const row = [...encodeLabels(conditions, [1, 50])];
    expect(row).toEqual([0, 1, 0, 0, 0, 0.5, 0.5, 0, 0]);
    expect([...encodeLabels(conditions, [2, null])]).toEqual([0, 0, 1, 0, 0, 0, 0, 0, 0]);
    expect([...encodeLabels(conditions, [0, 80])].slice(3)).toEqual([0, 0, 0, 0, 0, 1]);
  });

  it('of a slice are a function of seed and index, as in the data, balanced, or as asked for', () => {
    const many = Array.from({ length: 6000 }, (_, i) => labelsOfSlice(conditions, 'as-data', 1, i)[0]!);
    expect(many.filter((v) => v === 0).length / 6000).toBeCloseTo(0.5, 1);
    expect(labelsOfSlice(conditions, 'as-data', 1, 17)).toEqual(labelsOfSlice(conditions, 'as-data', 1, 17));
    const turn = Array.from({ length: 6 }, (_, i) => labelsOfSlice(conditions, 'balanced', 1, i)[0]);
    expect(turn).toEqual([0, 1, 2, 0, 1, 2]);
    expect(labelsOfSlice(conditions, { third: 'middle', age: '64.5' }, 1, 0)).toEqual([1, 64.5]);
    // What was not asked for comes from the slices that have the asked-for class.
    expect(labelsOfSlice(conditions, { third: 'lower' }, 1, 3)).toEqual([0, 30]);
    expect(nameLabels(conditions, [2, null])).toEqual({ third: 'upper' });
  });

  it.each([{ third: 'top' }, { age: '19' }, { age: 'old' }, { sex: 'F' }])(
    'refuse %j, which the run does not know',
    (request) => {
      expect(() => labelsOfSlice(conditions, request as Record<string, string>, 1, 0)).toThrow(
        expect.objectContaining({ code: 'BAD_CONFIG' }),
      );
    },
  );

  it('need two classes at least', () => {
    const one = { ...conditions, labels: [{ kind: 'class', name: 'sex', values: ['F'] }] };
    expect(conditionsSchema.safeParse(one).success).toBe(false);
  });
});

describe('conditions that contradict themselves', () => {
  const [third, age] = conditions.labels;
  const combined = (...values: (number | null)[]) => ({ combinations: [{ values, slices: 1 }] });
  it.each([
    ['a value too few', combined(0)],
    ['a value too many', combined(0, 30, 1)],
    ['a class that is not there', combined(3, 30)],
    ['a class below the first', combined(-1, 30)],
    ['half a class', combined(0.5, 30)],
    ['a number out of its range', combined(0, 81)],
    ['an empty range', { labels: [third, { ...age, high: 20 }] }],
    ['a range upside down', { labels: [third, { ...age, low: 90 }] }],
    [
      'too many classes',
      { labels: [{ ...third, values: Array.from({ length: 5000 }, (_, i) => `${i}`) }, age] },
    ],
    ['a value of a million letters', { labels: [{ ...third, values: ['a'.repeat(1e6), 'b', 'c'] }, age] }],
    ['over a million combinations', { combinations: Array(1e6 + 1).fill({ values: [0, 30], slices: 1 }) }],
  ])('%s is refused', (_, change) => {
    expect(conditionsSchema.safeParse({ ...conditions, ...change }).success).toBe(false);
  });

  it('and those that do not are taken, missing values among them', () => {
    expect(conditionsSchema.parse(conditions)).toEqual(conditions);
    expect(conditionsSchema.safeParse({ ...conditions, ...combined(null, null) }).success).toBe(true);
  });
});

describe('conditional runs', () => {
  it.each(families)(
    '%s: resume exactly, and slices depend on the label that is asked for',
    async (family) => {
      const config = smallConfig(family, { conditions });
      const whole = await createTrainer(config, blobSource(16, 12, true), traced);
      for (let i = 0; i < 3; i++) await whole.step();
      const checkpoint = await whole.checkpoint();
      const next = await whole.step();
      const resumed = await createTrainer(config, blobSource(16, 12, true), traced);
      await resumed.restore(structuredClone(checkpoint));
      expect(await resumed.step()).toEqual(next);

      const sampler = await createSampler(config, await whole.emaWeights(), traced);
      const lower = await sampler.generate(1, 0, 20, { third: 'lower', age: '30' });
      const upper = await sampler.generate(1, 0, 20, { third: 'upper', age: '30' });
      expect(lower).not.toEqual(upper);
      const some = await sampler.generate(1, 5, 2, { third: 'lower', age: '30' });
      expect(some).toEqual(lower.slice(5 * 256, 7 * 256));
    },
  );

  it('want images with labels', async () => {
    await expect(createTrainer(smallConfig('dcgan', { conditions }), blobSource(16), traced)).rejects.toThrow(
      expect.objectContaining({ code: 'BAD_CONFIG' }),
    );
  });
});
