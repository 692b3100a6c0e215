import { getContractRouter, isContractProcedure } from '@orpc/contract';
import { describe, expect, it } from 'vitest';
import { placePathSchema } from '../../../src/contract/imports.ts';
import { contract, idSchema } from '../../../src/contract/index.ts';
import { samplesUrl, sliceUrl } from '../../../src/contract/media.ts';
import { changeSchema, runMetricsSchema } from '../../../src/contract/runs.ts';

/** Every call of the contract, by its path. */
function calls(node: object, path: string[] = []): string[] {
  return Object.entries(node).flatMap(([name, child]) =>
    isContractProcedure(child) ? [[...path, name].join('.')] : calls(child as object, [...path, name]),
  );
}

describe('the contract', () => {
  it('has no call that takes or gives a path of the host', () => {
    // Folders are walked down by names; everything else is an identifier.
    for (const path of calls(contract)) expect(path).toMatch(/^[a-z]+\.[a-zA-Z]+$/);
    expect(placePathSchema.safeParse(['one', 'two']).success).toBe(true);
    for (const bad of [
      ['..'],
      ['.'],
      ['a/b'],
      ['a\\b'],
      ['a\0'],
      [''],
      ['x'.repeat(256)],
      'one',
      Array(65).fill('a'),
    ]) {
      expect(placePathSchema.safeParse(bad).success, JSON.stringify(bad)).toBe(false);
    }
  });

  it('parses every output, and every call can say the studio’s own errors', () => {
    for (const path of calls(contract)) {
      const call = getContractRouter(contract, path.split('.'));
      if (!isContractProcedure(call)) throw new Error(`${path} is no call`);
      expect(call['~orpc'].outputSchema, path).toBeDefined();
      expect(Object.keys(call['~orpc'].errorMap), path).toEqual(['STUDIO']);
    }
  });

  it.each(['1', 'run-0001', 'images-000000320', 'a.b_c'])('knows %s as an identifier', (id) =>
    expect(idSchema.safeParse(id).success).toBe(true),
  );

  it.each(['', '../secret', 'a/b', 'a\\b', 'a b', 'ä', 'x'.repeat(81), 'a\0', 1, null])(
    'refuses %j as an identifier',
    (id) => expect(idSchema.safeParse(id).success).toBe(false),
  );

  it('has no word for a value that is not finite but null', () => {
    const point = {
      extra: {},
      steps: [1],
      images: [16],
      lossD: [null],
      lossG: [0.5],
      scoreReal: [1],
      scoreFake: [-1],
    };
    expect(runMetricsSchema.safeParse(point).success).toBe(true);
    expect(runMetricsSchema.safeParse({ ...point, lossG: [Number.NaN] }).success).toBe(false);
  });

  it('refuses changes of a kind that it does not know', () => {
    expect(changeSchema.safeParse({ type: 'datasets' }).success).toBe(true);
    expect(changeSchema.safeParse({ type: 'paths', paths: ['/home'] }).success).toBe(false);
  });
});

describe('picture addresses', () => {
  it('keep an identifier one segment', () => {
    expect(sliceUrl('17', 128)).toBe('/media/slices/17?size=128');
    expect(samplesUrl('run-0001', 'images-000000320')).toBe('/media/samples/run-0001/images-000000320');
    expect(samplesUrl('../x', 'a/b?c')).toBe('/media/samples/..%2Fx/a%2Fb%3Fc');
  });
});
