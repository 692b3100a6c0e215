import ort from 'onnxruntime-node';
import { GantryError } from '../../base/errors.ts';
import { type Images, imageAt, type Matrix } from '../arrays.ts';

const defaultBatch = 16;
/** Side where the network takes any. */
const defaultSide = 224;
/** More features than this fill the memory and say no more. */
const mostFeatures = 4096;

interface Input {
  readonly name: string;
  readonly layout: 'NCHW' | 'NHWC';
  readonly batch: number;
  readonly channels: 1 | 3;
  readonly rows: number;
  readonly columns: number;
}

/** A feature network that a user brings, ready to run. */
export interface FeatureNetwork {
  /** What it takes, in words: "3 x 224 x 224 (NCHW)". */
  readonly input: string;
  /** Features of slices: resampled to the network's input, -1 .. +1, the same in every channel. */
  features(images: Images, signal?: AbortSignal): Promise<Matrix>;
  dispose(): Promise<void>;
}

function refuse(why: string): never {
  throw new GantryError('BAD_CONFIG', `The feature network cannot be used: ${why}`, {
    action:
      'Give an ONNX network with one float input [n, 1 or 3, rows, columns] and its features as output.',
  });
}

function inputOf(metadata: readonly ort.InferenceSession.ValueMetadata[]): Input {
  const [only, more] = metadata;
  if (only === undefined || more !== undefined) refuse(`it has ${metadata.length} inputs, not one.`);
  if (!only.isTensor || only.type !== 'float32') refuse('its input is not of 32-bit floats.');
  const { shape, name } = only;
  const said = `[${shape.map((n) => (typeof n === 'number' && n > 0 ? n : 'any')).join(', ')}]`;
  if (shape.length !== 4) refuse(`its input is ${said}, not a batch of pictures of four dimensions.`);
  const fixed = (at: number) => {
    const n = shape[at];
    return typeof n === 'number' && n > 0 ? n : undefined;
  };
  const isColour = (n: number | undefined): n is 1 | 3 => n === 1 || n === 3;
  const first = isColour(fixed(1));
  const channels = first ? fixed(1) : fixed(3);
  if (!isColour(channels))
    refuse(`its input is ${said}: neither the second nor the last dimension is 1 or 3.`);
  const [rows, columns] = first ? [fixed(2), fixed(3)] : [fixed(1), fixed(2)];
  return {
    name,
    layout: first ? 'NCHW' : 'NHWC',
    batch: fixed(0) ?? defaultBatch,
    channels,
    rows: rows ?? defaultSide,
    columns: columns ?? defaultSide,
  };
}

/** Bilinear, pixel centres at half (as most networks were trained with): [size, size] -> [rows, columns]. */
function resampled(image: Float32Array, size: number, rows: number, columns: number): Float32Array {
  if (rows === size && columns === size) return image;
  const axis = (n: number) =>
    Array.from({ length: n }, (_, i) => {
      const at = Math.min(size - 1, Math.max(0, ((i + 0.5) * size) / n - 0.5));
      const low = Math.floor(at);
      return { low, high: Math.min(size - 1, low + 1), share: at - low };
    });
  const [down, across] = [axis(rows), axis(columns)];
  const out = new Float32Array(rows * columns);
  down.forEach(({ low: y0, high: y1, share: fy }, r) => {
    across.forEach(({ low: x0, high: x1, share: fx }, c) => {
      const top = image[y0 * size + x0]! * (1 - fx) + image[y0 * size + x1]! * fx;
      const bottom = image[y1 * size + x0]! * (1 - fx) + image[y1 * size + x1]! * fx;
      out[r * columns + c] = top * (1 - fy) + bottom * fy;
    });
  });
  return out;
}

function place({ layout, channels }: Input, picture: Float32Array, at: number, out: Float32Array): void {
  const pixels = picture.length;
  for (let c = 0; c < channels; c++) {
    if (layout === 'NCHW') out.set(picture, (at * channels + c) * pixels);
    else for (let i = 0; i < pixels; i++) out[(at * pixels + i) * channels + c] = picture[i]!;
  }
}

/** One row of features: maps are averaged over their places, anything else is taken as it is. */
function pooled(values: Float32Array, dims: readonly number[], layout: Input['layout']): Float32Array {
  if (dims.length !== 4) return values;
  const channels = layout === 'NCHW' ? dims[1]! : dims[3]!;
  const places = values.length / channels;
  const out = new Float32Array(channels);
  for (let i = 0; i < values.length; i++) {
    out[layout === 'NCHW' ? Math.floor(i / places) : i % channels]! += values[i]! / places;
  }
  return out;
}

/**
 * Opens a feature network (Inception, SwAV, RadImageNet, ...) that a user brings as one ONNX file.
 * @throws BAD_CONFIG when it is no ONNX network, or does not take one batch of grey or colour pictures
 */
export async function openFeatureNetwork(model: Uint8Array): Promise<FeatureNetwork> {
  let session: ort.InferenceSession;
  try {
    session = await ort.InferenceSession.create(model, { executionProviders: ['cpu'], logSeverityLevel: 3 });
  } catch {
    refuse('the file is no ONNX network that ONNX Runtime can open.');
  }
  const input = await (async () => inputOf(session.inputMetadata))().catch(async (error) => {
    await session.release();
    throw error;
  });
  const { batch, channels, rows, columns } = input;

  async function run(images: Images, from: number): Promise<Float32Array[]> {
    const many = Math.min(batch, images.count - from);
    const data = new Float32Array(batch * channels * rows * columns);
    for (let i = 0; i < many; i++) {
      place(input, resampled(imageAt(images, from + i), images.size, rows, columns), i, data);
    }
    const picture = [rows, columns];
    const shape = input.layout === 'NCHW' ? [batch, channels, ...picture] : [batch, ...picture, channels];
    const results = await session.run({ [input.name]: new ort.Tensor('float32', data, shape) });
    const output = results[session.outputNames[0]!];
    if (output?.type !== 'float32' || output.dims[0] !== batch || !(output.data instanceof Float32Array)) {
      refuse('its output is not one row of 32-bit floats a picture.');
    }
    const each = output.data.length / batch;
    const { dims, data: values } = output;
    return Array.from({ length: many }, (_, i) =>
      pooled(values.subarray(i * each, (i + 1) * each), dims, input.layout),
    );
  }

  return {
    input: `${channels} x ${rows} x ${columns} (${input.layout})`,
    async features(images, signal) {
      let out: Float32Array | undefined;
      let width = 0;
      for (let from = 0; from < images.count; from += batch) {
        signal?.throwIfAborted();
        const found = await run(images, from);
        if (out === undefined) {
          width = found[0]!.length;
          if (width > mostFeatures)
            refuse(`it gives ${width} features; at most ${mostFeatures} can be used.`);
          out = new Float32Array(images.count * width);
        }
        for (const [i, row] of found.entries()) out.set(row, (from + i) * width);
        await new Promise(setImmediate);
      }
      if (out?.every(Number.isFinite) === false) refuse('it gives features that are not finite.');
      return { rows: images.count, columns: width, values: out ?? new Float32Array(0) };
    },
    dispose: () => session.release(),
  };
}
