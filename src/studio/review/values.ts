import type { ImageHead } from '../../contract/studyMedia.ts';
import { ImageMaker } from '../../dataset/images.ts';
import { displayTransform, walkOf } from '../../dataset/orient.ts';
import { pngStoredMax, quantise } from '../../exporting/intensity.ts';
import type { SeriesRecord, Workspace } from '../../workspace/index.ts';

export type ImageEnvelope = readonly [head: ImageHead, values: Uint16Array | Int16Array];

/**
 * Stored values of an imported slice, untouched but turned to the standard display, with what gives them a
 * meaning.
 */
export function storedValues(ws: Workspace, sliceId: number, series: SeriesRecord): ImageEnvelope {
  const slice = ws.readSlice(ws.slice(sliceId));
  const transform = displayTransform(series.geometry.orientation);
  const walk = walkOf(transform, slice.rows, slice.columns);
  const values =
    slice.values instanceof Int16Array
      ? new Int16Array(slice.values.length)
      : new Uint16Array(slice.values.length);
  let i = 0;
  for (let r = 0; r < walk.rows; r++) {
    let at = walk.start + r * walk.rowStep;
    for (let c = 0; c < walk.columns; c++, at += walk.columnStep) values[i++] = slice.values[at]!;
  }
  const spacing = series.geometry.pixelSpacingMm;
  const turned = transform.transpose && spacing !== undefined ? ([spacing[1], spacing[0]] as const) : spacing;
  const { window } = series;
  return [
    {
      rows: walk.rows,
      columns: walk.columns,
      signed: values instanceof Int16Array,
      slope: slice.slope,
      intercept: slice.intercept,
      inverted: slice.inverted,
      padding: slice.padding,
      spacingMm: turned ?? null,
      // The series' window is of negated values where low ones are bright.
      window:
        window === null
          ? null
          : slice.inverted
            ? { low: -window.high, high: -window.low }
            : { low: window.low, high: window.high },
      modality: series.attributes.modality ?? null,
      unit: series.attributes.rescaleUnit ?? null,
    },
    values,
  ];
}

/** The head of slices as a network sees them: 0 .. 65535 stands for -1 .. +1. */
export function unitHead(size: number): ImageHead {
  return {
    rows: size,
    columns: size,
    signed: false,
    slope: 2 / pngStoredMax,
    intercept: -1,
    inverted: false,
    padding: null,
    spacingMm: null,
    window: { low: -1, high: 1 },
    modality: null,
    unit: null,
  };
}

/** An imported slice as the run of `size` pixels sees it, with its millimetres: to be laid over a generated one. */
export function preparedValues(ws: Workspace, dataset: string, sliceId: number, size: number): ImageEnvelope {
  const maker = new ImageMaker(ws, dataset, size);
  const record = ws.slice(sliceId);
  return [unitHead(size), quantise(maker.image(record), pngStoredMax)];
}

/** A line of JSON, then little-endian 16-bit values from an even offset. */
export function envelopeBytes([head, values]: ImageEnvelope): Uint8Array {
  const text = JSON.stringify(head);
  const line = new TextEncoder().encode(text);
  // Spaces before the line feed bring the values to an even place.
  const length = line.byteLength + 1 + ((line.byteLength + 1) % 2);
  const out = new Uint8Array(length + values.byteLength).fill(0x20, 0, length);
  out.set(line);
  out[length - 1] = 0x0a;
  out.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), length);
  return out;
}
