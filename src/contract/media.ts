/** URLs of pictures. They are relative to the page, so that both shells serve them under their own origin. */

/** A slice through its series' display window, as a PNG of at most `size` pixels on its longer edge. */
export function sliceUrl(sliceId: string, size: number): string {
  return `/media/slices/${encodeURIComponent(sliceId)}?size=${size}`;
}

/**
 * Where a file of an upload is sent with PUT.
 * @param path names from the top of the chosen folder
 */
export function uploadUrl(uploadId: string, path: readonly string[]): string {
  return `/upload/${encodeURIComponent(uploadId)}?${new URLSearchParams(path.map((name) => ['name', name]))}`;
}

/** A sheet of samples at fixed latents, from a checkpoint of a run. */
export function samplesUrl(runId: string, name: string): string {
  return `/media/samples/${encodeURIComponent(runId)}/${encodeURIComponent(name)}`;
}
