import { Random } from '../../../src/base/random.ts';
import type { Checkpoint } from '../../../src/gan/index.ts';

/**
 * The middle of a training: every parameter off zero, second moments as large as a gradient's square. From a fresh
 * start the comparison would be ill-posed: Adam's first steps are ±rate by the sign of the gradient, so rounding
 * decides them wherever a gradient is nearly zero.
 */
export function underway(fresh: Checkpoint): Checkpoint {
  const random = new Random(3, 'underway');
  const tensors = Object.fromEntries(
    Object.entries(fresh.tensors).map(([name, { shape, data }]) => [
      name,
      {
        shape,
        data: data.map((v) =>
          name.includes('/v/') ? 0.01 * (0.5 + random.uniform()) : v + 0.1 * random.normal(),
        ),
      },
    ]),
  );
  return { tensors, state: { ...(fresh.state as object), updates: 1000 } as Checkpoint['state'] };
}
