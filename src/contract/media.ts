/** URLs of pictures. They are relative to the page, so that both shells serve them under their own origin. */

/** A slice through its series' display window, as a PNG of at most `size` pixels on its longer edge. */
export function sliceUrl(sliceId: string, size: number): string {
  return `/media/slices/${encodeURIComponent(sliceId)}?size=${size}`;
}

/** A run's sheet of samples. */
export function sheetUrl(runId: string, name: string): string {
  return `/media/sheets/${encodeURIComponent(runId)}/${encodeURIComponent(name)}`;
}
