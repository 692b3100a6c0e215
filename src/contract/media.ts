/** URLs of pictures. They are relative to the page, so that both shells serve them under their own origin. */

/** A slice through its series' display window, as a PNG of at most `size` pixels on its longer edge. */
export function sliceUrl(sliceId: string, size: number): string {
  return `/media/slices/${encodeURIComponent(sliceId)}?size=${size}`;
}

/** A sheet of samples at fixed latents, from a checkpoint of a run. */
export function samplesUrl(runId: string, name: string): string {
  return `/media/samples/${encodeURIComponent(runId)}/${encodeURIComponent(name)}`;
}
