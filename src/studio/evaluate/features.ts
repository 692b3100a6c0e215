import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { GantryError, toGantryError } from '../../base/errors.ts';
import {
  type FeatureNetwork,
  handMadeFeatures,
  type Images,
  type Matrix,
  openFeatureNetwork,
  pixelGradientFeatures,
  randomNetworkFeatures,
  randomNetworkSeeds,
} from '../../metrics/index.ts';
import { writeFileAtomic } from '../../workspace/index.ts';

/** Raise when the same slices would give other features. */
const featureVersion = 1;

/** A space that slices are compared in, as it is named to the reader. */
export interface FeatureSpace {
  readonly name: string;
  /** Tells the features of one version and network from others in the cache. */
  readonly key: string;
  /** What a reader must know of it. */
  readonly note?: string;
  readonly compute: (images: Images, signal?: AbortSignal) => Promise<Matrix> | Matrix;
}

/** The space in which nearness and coverage are told: it knows where things are. */
export const placeSpace = 'pixels and gradients';
export const textureSpace = `random network ${randomNetworkSeeds[0]}`;
export const handMadeSpace = 'hand-made';

export const ownSpaces: readonly FeatureSpace[] = [
  ...randomNetworkSeeds.map((seed) => ({
    name: `random network ${seed}`,
    key: `random-network-${seed}`,
    compute: (images: Images, signal?: AbortSignal) => randomNetworkFeatures(images, seed, { signal }),
  })),
  { name: placeSpace, key: 'pixels-and-gradients', compute: pixelGradientFeatures },
  { name: handMadeSpace, key: 'hand-made', compute: handMadeFeatures },
];

const caution =
  'A network that was brought along: figures are those of this file only, slices are given to it as -1 to +1 in equal channels. Networks trained on photographs do not see all that matters in scans, and distances on RadImageNet features were found volatile; never rank by one of them alone.';

export interface UserSpaces {
  readonly spaces: readonly FeatureSpace[];
  /** Sentences on networks that could not be used. */
  readonly limits: readonly string[];
  dispose(): Promise<void>;
}

/**
 * Feature networks that the user brings. One that does not fit is a sentence of the report, not a figure.
 * @param files ONNX files
 * @param probe a few slices that each network is tried on
 * @throws NOT_FOUND, UNREADABLE for a file that cannot be read
 */
export async function userSpaces(files: readonly string[], probe: Images): Promise<UserSpaces> {
  const spaces: FeatureSpace[] = [];
  const limits: string[] = [];
  const networks: FeatureNetwork[] = [];
  for (const file of files) {
    const name = basename(file).replace(/\.onnx$/i, '');
    const bytes = await readFile(file).catch((error) => {
      const { code } = toGantryError(error);
      throw new GantryError(code, `The feature network "${name}" could not be read.`, { cause: error });
    });
    const key = createHash('sha256').update(bytes).digest('hex').slice(0, 12);
    try {
      const network = await openFeatureNetwork(bytes);
      networks.push(network);
      await network.features(probe);
      spaces.push({
        name: `network ${name} (${key.slice(0, 8)})`,
        key: `network-${key}`,
        note: `${caution} Input ${network.input}.`,
        compute: (images, signal) => network.features(images, signal),
      });
    } catch (error) {
      limits.push(`Network "${name}": ${toGantryError(error).message}`);
    }
  }
  return {
    spaces,
    limits,
    async dispose() {
      for (const network of networks) await network.dispose();
    },
  };
}

/** Features of one set of slices, by the name of the space. */
export type Features = ReadonlyMap<string, Matrix>;

/** @throws when the features were not made in that space */
export function inSpace(features: Features, space: string): Matrix {
  const found = features.get(space);
  if (found === undefined) throw new Error(`no features in the space ${space}`);
  return found;
}

function read(file: string, rows: number): Matrix | undefined {
  if (!existsSync(file)) return undefined;
  const bytes = readFileSync(file);
  const columns = bytes.byteLength / 4 / rows;
  // A file of another length is damaged and made again.
  if (!Number.isInteger(columns) || columns === 0) return undefined;
  return { rows, columns, values: new Float32Array(new Uint8Array(bytes).buffer) };
}

/**
 * Features of slices in all spaces; kept in `folder` under the hash of the slices, so that they are made once.
 * @throws BAD_CONFIG when a user's network fails on them
 */
export async function featuresOf(
  images: Images,
  spaces: readonly FeatureSpace[],
  folder: string,
  signal?: AbortSignal,
): Promise<Features> {
  const { values, size } = images;
  const hash = createHash('sha256')
    .update(`${featureVersion} ${size} `)
    .update(new Uint8Array(values.buffer, values.byteOffset, values.byteLength))
    .digest('hex')
    .slice(0, 32);
  mkdirSync(folder, { recursive: true });
  const made = new Map<string, Matrix>();
  for (const { name, key, compute } of spaces) {
    signal?.throwIfAborted();
    const file = join(folder, `${hash}-${key}.f32`);
    let matrix = read(file, images.count);
    if (matrix === undefined) {
      matrix = await compute(images, signal);
      const { buffer, byteOffset, byteLength } = matrix.values;
      writeFileAtomic(file, new Uint8Array(buffer, byteOffset, byteLength));
    }
    made.set(name, matrix);
    await new Promise(setImmediate);
  }
  return made;
}
