import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  handMadeFeatures,
  type Images,
  type Matrix,
  pixelGradientFeatures,
  randomNetworkFeatures,
  randomNetworkSeeds,
} from '../../metrics/index.ts';
import { writeFileAtomic } from '../../workspace/index.ts';

/** Raise when the same slices would give other features. */
const featureVersion = 1;

export const spaceNames = [
  ...randomNetworkSeeds.map((seed) => `random network ${seed}` as const),
  'pixels and gradients',
  'hand-made',
] as const;
export type SpaceName = (typeof spaceNames)[number];
export type Features = Readonly<Record<SpaceName, Matrix>>;

function compute(
  images: Images,
  space: SpaceName,
  signal: AbortSignal | undefined,
): Promise<Matrix> | Matrix {
  if (space === 'pixels and gradients') return pixelGradientFeatures(images);
  if (space === 'hand-made') return handMadeFeatures(images);
  return randomNetworkFeatures(images, Number(space.split(' ').at(-1)), { signal });
}

function read(file: string, rows: number): Matrix | undefined {
  if (!existsSync(file)) return undefined;
  const bytes = readFileSync(file);
  const columns = bytes.byteLength / 4 / rows;
  // A file of another length is damaged and made again.
  if (!Number.isInteger(columns) || columns === 0) return undefined;
  return { rows, columns, values: new Float32Array(new Uint8Array(bytes).buffer) };
}

/** Features of slices in all spaces; kept in `folder` under the hash of the slices, so that they are made once. */
export async function featuresOf(
  images: Images,
  folder: string,
  signal?: AbortSignal,
  onSpace?: () => void,
): Promise<Features> {
  const { values, size } = images;
  const hash = createHash('sha256')
    .update(`${featureVersion} ${size} `)
    .update(new Uint8Array(values.buffer, values.byteOffset, values.byteLength))
    .digest('hex')
    .slice(0, 32);
  mkdirSync(folder, { recursive: true });
  const made: [SpaceName, Matrix][] = [];
  for (const space of spaceNames) {
    signal?.throwIfAborted();
    const file = join(folder, `${hash}-${space.replaceAll(' ', '-')}.f32`);
    let matrix = read(file, images.count);
    if (matrix === undefined) {
      matrix = await compute(images, space, signal);
      const { buffer, byteOffset, byteLength } = matrix.values;
      writeFileAtomic(file, new Uint8Array(buffer, byteOffset, byteLength));
    }
    made.push([space, matrix]);
    onSpace?.();
    await new Promise(setImmediate);
  }
  return Object.fromEntries(made) as Record<SpaceName, Matrix>;
}
