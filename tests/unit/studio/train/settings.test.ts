import { describe, expect, it } from 'vitest';
import { createConfig } from '../../../../src/gan/index.ts';
import { withSettings } from '../../../../src/studio/train/settings.ts';
import { pointsOf } from '../../../../src/studio/train/sweep.ts';

const config = createConfig({ preset: 'tiny', size: 32, seed: 1 });

describe('settings in words', () => {
  it('change what they name and nothing else', () => {
    const changed = withSettings(config, 'penalty.gamma=2, loss=hinge,augmentation.probability=0.1');
    expect(changed).toEqual({
      ...config,
      loss: 'hinge',
      penalty: { ...config.penalty, gamma: 2 },
      augmentation: { ...config.augmentation, probability: 0.1 },
    });
    expect(withSettings(config, undefined)).toEqual(config);
  });

  it('turn a group on that is off, with defaults for the rest, and off again', () => {
    const grows = withSettings(config, 'progressive.start=16,progressive.fadeImages=2000');
    expect(grows).toEqual({
      ...config,
      progressive: { start: 16, fadeImages: 2000, stableImages: 4000 },
    });
    expect(withSettings(grows, 'progressive=null')).toEqual(config);
  });

  it.each([
    ['progressive.begin=16', 'BAD_CONFIG', 'progressive'],
    ['progressive.start=32', 'BAD_CONFIG', 'progressive.start'],
    ['penalty.gama=2', 'BAD_CONFIG', 'penalty.gama'],
    ['batch=1', 'BAD_CONFIG', 'batch'],
    ['loss=best', 'BAD_CONFIG', 'loss'],
    ['size=64', 'BAD_CONFIG', 'size'],
    ['penalty.gamma.x=2', 'BAD_CONFIG', 'penalty.gamma.x'],
    ['gamma', 'USAGE', 'gamma'],
  ])('refuse %s, by name', (text, code, name) => {
    expect(() => withSettings(config, text)).toThrow(
      expect.objectContaining({ code, message: expect.stringContaining(name) }),
    );
  });
});

describe('points of a sweep', () => {
  const sweep = {
    name: 's',
    training: { dataset: 'd' },
    over: 'penalty.gamma=0.5|1;batch=8|16',
    seeds: [1, 2],
  };
  it('are all combinations with all seeds', () => {
    const points = pointsOf(sweep);
    expect(points).toHaveLength(8);
    expect(points.slice(0, 3)).toEqual([
      { settings: 'penalty.gamma=0.5,batch=8', seed: 1 },
      { settings: 'penalty.gamma=0.5,batch=8', seed: 2 },
      { settings: 'penalty.gamma=0.5,batch=16', seed: 1 },
    ]);
    expect(pointsOf({ ...sweep, over: '' })).toEqual([
      { settings: '', seed: 1 },
      { settings: '', seed: 2 },
    ]);
  });
  it('at random are some of them, the same for the same name', () => {
    const some = pointsOf({ ...sweep, random: 2 });
    expect(new Set(some.map(({ settings }) => settings)).size).toBe(2);
    expect(pointsOf({ ...sweep, random: 2 })).toEqual(some);
    const all = new Set(pointsOf(sweep).map(({ settings }) => settings));
    expect(some.every(({ settings }) => all.has(settings))).toBe(true);
  });
  it('refuse what is no grid', () => {
    expect(() => pointsOf({ ...sweep, over: 'gamma' })).toThrow(expect.objectContaining({ code: 'USAGE' }));
  });
});
