/** Addresses of values and files of review sets and studies, and what stands before values. */

/** Raw 16-bit values of a study's image; every answer has the same length and the same headers. */
export function studyImageUrl(studyId: string, place: number): string {
  return `/media/studies/${encodeURIComponent(studyId)}/${place}`;
}

/** A file of a study: what goes to a reader, what comes back, and the results. */
export function studyFileUrl(
  studyId: string,
  file: 'study' | 'report.html' | 'answers.csv' | 'figures.csv' | 'results.json',
): string {
  return `/media/studies/${encodeURIComponent(studyId)}/${file}`;
}

export function studyAnswersUrl(studyId: string, reader: string): string {
  return `/media/studies/${encodeURIComponent(studyId)}/reader/${encodeURIComponent(reader)}`;
}

/** Values of a slice with what gives them a meaning: a line of JSON, then 16-bit little-endian values. */
export function sliceValuesUrl(sliceId: string): string {
  return `/media/values/${encodeURIComponent(sliceId)}`;
}

/** As `sliceValuesUrl`, for a generated slice of a review set. */
export function reviewValuesUrl(setId: string, slice: number): string {
  return `/media/reviews/${encodeURIComponent(setId)}/${slice}`;
}

/** A real slice resampled and windowed as the set's run sees it, to be laid over a generated one. */
export function preparedValuesUrl(setId: string, sliceId: string): string {
  return `/media/reviews/${encodeURIComponent(setId)}/real/${encodeURIComponent(sliceId)}`;
}

/** A small PNG of a generated slice. */
export function reviewThumbUrl(setId: string, slice: number): string {
  return `/media/reviews/${encodeURIComponent(setId)}/${slice}.png`;
}

/** What a viewer needs beside the values; real = value * slope + intercept, in `unit`. */
export interface ImageHead {
  readonly rows: number;
  readonly columns: number;
  readonly signed: boolean;
  readonly slope: number;
  readonly intercept: number;
  /** MONOCHROME1: low values are bright. */
  readonly inverted: boolean;
  readonly padding: number | null;
  /** Between rows, then between columns, as displayed; null where nothing is known. */
  readonly spacingMm: readonly [number, number] | null;
  /** In real values. */
  readonly window: { readonly low: number; readonly high: number } | null;
  readonly modality: string | null;
  readonly unit: string | null;
}
