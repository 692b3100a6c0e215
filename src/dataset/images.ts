import { GantryError } from '../base/errors.ts';
import type { SeriesRecord, SliceRecord, StoredSlice, Workspace } from '../workspace/index.ts';
import { realScale } from './measure.ts';
import { type DisplayTransform, displayTransform, walkOf } from './orient.ts';
import { createResampler, type Frame, frameOf, type Resampler } from './resample.ts';
import type { IntensityWindow } from './window.ts';

/** All that leads from a training image back to the series' own values and pixels. */
export interface ImageMap {
  readonly window: IntensityWindow;
  /** MONOCHROME1: real values were negated before the window. */
  readonly negated: boolean;
  readonly transform: DisplayTransform;
  readonly frame: Frame;
}

/** Windowed display image of one slice in its own resolution, [-1, 1], rows x columns of the display. */
export function unitImage(
  slice: StoredSlice,
  window: IntensityWindow,
  transform: DisplayTransform,
): Float32Array {
  const walk = walkOf(transform, slice.rows, slice.columns);
  const { slope, intercept } = realScale(slice);
  const gain = (2 * slope) / (window.high - window.low);
  const offset = (2 * (intercept - window.low)) / (window.high - window.low) - 1;
  const padding = slice.padding ?? Number.NaN;
  const out = new Float32Array(slice.values.length);
  let i = 0;
  for (let r = 0; r < walk.rows; r++) {
    let at = walk.start + r * walk.rowStep;
    for (let c = 0; c < walk.columns; c++, at += walk.columnStep) {
      const value = slice.values[at]!;
      const unit = value * gain + offset;
      // Padding marks "outside the image": air.
      out[i++] = value === padding || !(unit > -1) ? -1 : Math.min(unit, 1);
    }
  }
  return out;
}

/** Makes the training images of a dataset's slices; keeps one resampler a series. */
export class ImageMaker {
  readonly size: number;
  private readonly ws: Workspace;
  private scratch = new ArrayBuffer(0);
  private readonly series = new Map<number, SeriesRecord>();
  private readonly resamplers = new Map<number, { resampler: Resampler; transform: DisplayTransform }>();

  /** @throws NOT_FOUND, WORKSPACE_INVALID while the dataset's import is unfinished */
  constructor(ws: Workspace, dataset: string, size: number) {
    this.ws = ws;
    this.size = size;
    for (const series of ws.series(dataset)) this.series.set(series.id, series);
  }

  private seriesOf(record: SliceRecord): SeriesRecord & { readonly window: IntensityWindow } {
    const series = this.series.get(record.series);
    if (series === undefined) throw new GantryError('NOT_FOUND', `The dataset has no slice ${record.id}.`);
    const { window } = series;
    if (window === null) {
      throw new GantryError('DATASET_CHANGED', 'The last import of the dataset was cut off.', {
        action: 'Run the import again.',
      });
    }
    return { ...series, window };
  }

  private resamplerOf(series: SeriesRecord): { resampler: Resampler; transform: DisplayTransform } {
    const known = this.resamplers.get(series.id);
    if (known !== undefined) return known;
    const transform = displayTransform(series.geometry.orientation);
    const walk = walkOf(transform, series.rows, series.columns);
    const [rowMm, columnMm] = series.geometry.pixelSpacingMm ?? [1, 1];
    const frame = transform.transpose
      ? frameOf(walk.rows, walk.columns, columnMm, rowMm, this.size)
      : frameOf(walk.rows, walk.columns, rowMm, columnMm, this.size);
    const made = { resampler: createResampler(frame), transform };
    // A resampler holds buffers: a few series at a time.
    if (this.resamplers.size > 8) this.resamplers.clear();
    this.resamplers.set(series.id, made);
    return made;
  }

  /** size x size values in [-1, 1], into `out`. */
  image(record: SliceRecord, out = new Float32Array(this.size * this.size)): Float32Array {
    const series = this.seriesOf(record);
    const { resampler, transform } = this.resamplerOf(series);
    const bytes = 2 * record.rows * record.columns;
    if (this.scratch.byteLength < bytes) this.scratch = new ArrayBuffer(bytes);
    const source = unitImage(this.ws.readSlice(record, this.scratch), series.window, transform);
    resampler.resample(source, out, -1);
    return out;
  }

  /** The way back of a slice's image. */
  map(record: SliceRecord): ImageMap {
    const series = this.seriesOf(record);
    const { resampler, transform } = this.resamplerOf(series);
    return { window: series.window, negated: record.inverted, transform, frame: resampler.frame };
  }
}
