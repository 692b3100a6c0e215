import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { decode } from 'fast-png';
import { GantryError, toGantryError } from '../../base/errors.ts';
import { createResampler, frameOf, type LabelValue } from '../../dataset/index.ts';
import { manifestName, manifestSchema } from '../../exporting/index.ts';
import { type LabelRequest, labelsOfSlice, nameLabels, phaseAt, type RunConfig } from '../../gan/index.ts';
import { readImage } from '../../imaging/index.ts';
import { chooseImages, type Images, quantileOf, sorted } from '../../metrics/index.ts';
import type { Workspace } from '../../workspace/index.ts';
import { loadModel, type Model } from '../generate/model.ts';
import { walk } from '../import/walk.ts';

export interface SyntheticSet {
  readonly images: Images;
  /** What a slice is called in lists: "slice 12", "file 3, slice 1". No file names. */
  readonly names: readonly string[];
  readonly judged: Readonly<Record<string, string | number>>;
  /** Labels that the slices of a conditional run were asked for, a value for each slice, by the label's name. */
  readonly labels?: ReadonlyMap<string, readonly LabelValue[]> | undefined;
  /** Sentences on what was left out or assumed. */
  readonly limits: readonly string[];
}

const generated = 16;

interface RunSlices {
  readonly run: string;
  readonly count: number;
  readonly seed: number;
  readonly labels?: LabelRequest | undefined;
}

/**
 * Slices 0 .. count - 1 of a seed from a run's newest checkpoint.
 * @throws BAD_CONFIG for labels that the run does not know
 */
export async function syntheticOfRun(
  ws: Workspace,
  request: RunSlices,
  signal?: AbortSignal,
  onProgress?: (done: number) => void,
): Promise<SyntheticSet> {
  const model = await loadModel(ws, request.run);
  try {
    const { run } = model;
    const conditions = conditionsOf(model, request.labels);
    const pixels = run.size ** 2;
    const values = new Float32Array(request.count * pixels);
    for (let first = 0; first < request.count; first += generated) {
      signal?.throwIfAborted();
      const many = Math.min(generated, request.count - first);
      // As an export writes them: within the window.
      const made = (await model.sampler.generate(request.seed, first, many, request.labels)).map((v) =>
        Number.isNaN(v) ? v : Math.min(1, Math.max(-1, v)),
      );
      values.set(made, first * pixels);
      onProgress?.(first + many);
    }
    return withoutBroken({
      images: { count: request.count, size: run.size, values },
      names: Array.from({ length: request.count }, (_, i) => `slice ${i}`),
      judged: {
        run: run.id,
        preset: run.preset,
        'images seen': model.images,
        'model SHA-256': model.sha256,
        seed: request.seed,
        slices: request.count,
        ...conditions.judged,
      },
      labels: labelsOfRun(model.config.conditions, request),
      limits: conditions.limits,
    });
  } finally {
    await model.sampler.dispose();
  }
}

/** What sets slices apart from those that the finished run makes unasked: labels asked for, and growth. */
function conditionsOf(
  { config, images }: Pick<Model, 'config' | 'images'>,
  labels: LabelRequest = 'as-data',
): Pick<SyntheticSet, 'judged' | 'limits'> {
  const { size: resolution, fading, alpha } = phaseAt(config.size, config.progressive, images);
  const judged: Record<string, string | number> = {};
  const limits: string[] = [];
  if (labels !== 'as-data') {
    const asked =
      labels === 'balanced'
        ? 'balanced'
        : Object.entries(labels)
            .map(([name, value]) => `${name}=${value}`)
            .join(', ');
    judged.labels = asked;
    limits.push(
      `The slices were asked for with labels (${asked}), not in the shares of the training data: figures of variety, coverage and subgroups differ from those of the real slices by design.`,
    );
  }
  if (resolution < config.size || fading) {
    judged.resolution = resolution;
    limits.push(
      `The run is still growing: its slices are made at ${resolution} pixels${fading ? ` (${Math.round(100 * alpha)} % faded in)` : ''}${resolution < config.size ? ` and enlarged to ${config.size}, so finer detail cannot be in them` : ''}.`,
    );
  }
  return { judged, limits };
}

/** What the slices of a conditional run were made as, by the label's name; undefined for an unconditional run. */
function labelsOfRun(
  conditions: RunConfig['conditions'],
  { count, seed, labels = 'as-data' }: RunSlices,
): Map<string, LabelValue[]> | undefined {
  if (conditions === null) return undefined;
  const each = Array.from({ length: count }, (_, i) =>
    nameLabels(conditions, labelsOfSlice(conditions, labels, seed, i)),
  );
  return new Map(conditions.labels.map(({ name }) => [name, each.map((given) => given[name] ?? null)]));
}

interface Plain {
  readonly rows: number;
  readonly columns: number;
  readonly rowMm: number;
  readonly columnMm: number;
  readonly values: Float32Array;
  readonly name: string;
}

/** Stored value that is +1 when 0 is -1: known for Gantry's own exports and for PNG, else undefined. */
async function ownScale(folder: string): Promise<number | undefined> {
  try {
    return manifestSchema.parse(JSON.parse(await readFile(join(folder, manifestName), 'utf8'))).intensity
      .storedMax;
  } catch {
    // No manifest, or not one of ours: a set that was made elsewhere.
    return undefined;
  }
}

function readPng(bytes: Uint8Array, name: string): { slice: Plain; storedMax: number } {
  const png = decode(bytes);
  const { width, height, channels } = png;
  const values = new Float32Array(width * height);
  for (let i = 0; i < values.length; i++) {
    // Colour as the mean of its channels; an alpha channel is no grey value.
    const colours = channels > 2 ? 3 : 1;
    for (let c = 0; c < colours; c++) values[i]! += png.data[i * channels + c]! / colours;
  }
  return {
    slice: { rows: height, columns: width, rowMm: 1, columnMm: 1, values, name },
    storedMax: 2 ** png.depth - 1,
  };
}

/** Window of a foreign set as a whole, so that a slice that is too bright stays too bright. */
function windowOf(slices: readonly Plain[]): { low: number; high: number } {
  const step = Math.max(
    1,
    Math.floor(slices.reduce((sum, { values }) => sum + values.length, 0) / 1_000_000),
  );
  const ascending = sorted(
    slices
      .flatMap(({ values }) => Array.from(values).filter((_, i) => i % step === 0))
      .filter(Number.isFinite),
  );
  if (ascending.length === 0) return { low: 0, high: 1 };
  const [floor, bright] = [quantileOf(ascending, 0.001), quantileOf(ascending, 0.995)];
  const tissue = ascending.filter((v) => v > floor + 0.1 * (bright - floor));
  if (tissue.length === 0) return { low: floor, high: floor + 1 };
  return { low: quantileOf(tissue, 0.005), high: quantileOf(tissue, 0.995) };
}

/** A slice of a folder: done, or waiting for the window of its set. */
interface Read {
  readonly name: string;
  readonly pixels?: Float32Array;
  readonly foreign?: Plain;
}

/** A slice through a window to -1 .. +1, made square as training slices are: [size, size]. */
function square(slice: Plain, { low, high }: { low: number; high: number }, size: number): Float32Array {
  const unit = slice.values.map((v) => {
    const u = (2 * (v - low)) / (high - low) - 1;
    return Number.isNaN(u) ? u : Math.min(1, Math.max(-1, u));
  });
  const frame = frameOf(slice.rows, slice.columns, slice.rowMm, slice.columnMm, size);
  const out = new Float32Array(size * size);
  createResampler(frame).resample(unit, out, -1);
  return out;
}

/**
 * Slices of a folder (DICOM, NIfTI, PNG), made square and of `size` pixels as training slices are. Exports of Gantry
 * keep their grey scale, and so do PNGs; other files are windowed as one set.
 * @throws NOT_FOUND, NO_INPUT without a readable slice, CANCELLED
 */
export async function syntheticOfFolder(
  folder: string,
  size: number,
  signal?: AbortSignal,
  onProgress?: (done: number, total: number) => void,
): Promise<SyntheticSet> {
  const { files } = await walk([folder], signal);
  const isFolder = (await stat(folder)).isDirectory();
  const known = isFolder ? await ownScale(folder) : undefined;
  const read: Read[] = [];
  const add = (slice: Plain, storedMax: number | undefined) => {
    const { name } = slice;
    // What has a known scale is done with at once: whole sets of large slices need not stand in memory.
    if (storedMax === undefined) read.push({ name, foreign: slice });
    else read.push({ name, pixels: square(slice, { low: 0, high: storedMax }, size) });
  };
  let unread = 0;
  for (const [number, file] of files.entries()) {
    signal?.throwIfAborted();
    if (file.relative === manifestName) continue;
    const name = `file ${number + 1}`;
    try {
      const bytes = new Uint8Array(await readFile(file.path));
      if (bytes[0] === 0x89 && bytes[1] === 0x50) {
        const { slice, storedMax } = readPng(bytes, name);
        add(slice, storedMax);
      } else {
        for await (const { header, pixels } of readImage(bytes, file.relative)) {
          const { rows, columns, inverted, rescaleSlope, rescaleIntercept } = header;
          const [rowMm, columnMm] = header.geometry.pixelSpacingMm ?? [1, 1];
          const values = Float32Array.from(pixels, (v) => {
            const real = known === undefined ? v * rescaleSlope + rescaleIntercept : v;
            return inverted ? -real : real;
          });
          add({ rows, columns, rowMm, columnMm, values, name: `${name}, slice ${header.frame + 1}` }, known);
        }
      }
    } catch (error) {
      if (signal?.aborted) throw toGantryError(error);
      unread++;
    }
    onProgress?.(number + 1, files.length);
  }
  if (read.length === 0) {
    throw new GantryError('NO_INPUT', 'The folder of synthetic slices holds no readable slice.', {
      action: 'Give a folder with DICOM, NIfTI or PNG files.',
    });
  }
  const foreign = read.flatMap((one) => one.foreign ?? []);
  const window = foreign.length === 0 ? undefined : windowOf(foreign);
  const names = read.map(({ name }) => name);
  const values = new Float32Array(read.length * size * size);
  for (const [i, one] of read.entries()) {
    const pixels = one.pixels ?? (one.foreign && window && square(one.foreign, window, size));
    if (pixels !== undefined) values.set(pixels, i * size * size);
    // Lets its memory go while the others are copied.
    read[i] = { name: one.name };
  }
  const limits: string[] = [];
  if (unread > 0) limits.push(`${unread} files of the folder could not be read as slices and were left out.`);
  if (window !== undefined) {
    limits.push(
      'The grey scale of the synthetic files is not known; they were windowed as one set, so a wrong window of the whole set cannot show.',
    );
  }
  return withoutBroken({
    images: { count: names.length, size, values },
    names,
    judged: { folder: 'a folder of slices', files: files.length, slices: names.length },
    limits,
  });
}

/** Leaves out slices with values that are not finite, and says so; counts even ones. */
function withoutBroken(set: SyntheticSet): SyntheticSet {
  const { images, names } = set;
  const pixels = images.size ** 2;
  const kept: number[] = [];
  let even = 0;
  for (let i = 0; i < images.count; i++) {
    const image = images.values.subarray(i * pixels, (i + 1) * pixels);
    if (!image.every(Number.isFinite)) continue;
    kept.push(i);
    if (image.every((v) => Math.abs(v - image[0]!) < 1e-3)) even++;
  }
  const limits = [...set.limits];
  const broken = images.count - kept.length;
  if (broken > 0)
    limits.push(`${broken} synthetic slices hold values that are not finite and were left out.`);
  if (even > 0) {
    limits.push(
      even === kept.length
        ? 'All synthetic slices are of one even grey: there is nothing in them, and the figures say no more than that.'
        : `${even} synthetic slices are of one even grey.`,
    );
  }
  if (kept.length === 0) {
    throw new GantryError('NOT_FINITE', 'No synthetic slice is free of values that are not finite.', {
      action: 'Evaluate an earlier checkpoint of the run.',
    });
  }
  return {
    ...set,
    limits,
    images: chooseImages(images, kept),
    names: kept.map((i) => names[i]!),
    labels:
      set.labels &&
      new Map([...set.labels].map(([name, values]) => [name, kept.map((i) => values[i] ?? null)])),
  };
}
