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

/** The archive that a job has made. */
export function downloadUrl(jobId: string): string {
  return `/download/${encodeURIComponent(jobId)}`;
}

/**
 * Pixels of real and synthetic slices of a run, for one window over both: a line of JSON with `size`, `real`,
 * `synthetic` and `images`, a line feed, then 16-bit little-endian values, 0 for -1 and 65535 for +1.
 */
export function comparisonUrl(runId: string, count: number, seed: number): string {
  return `/media/comparison/${encodeURIComponent(runId)}?count=${count}&seed=${seed}`;
}

/** Pixels of an exploration, behind a line of JSON: explore.ts. */
export function explorationUrl(jobId: string): string {
  return `/media/explorations/${encodeURIComponent(jobId)}`;
}

/** The report of an evaluation, as a page of its own that needs nothing else. */
export function evaluationUrl(runId: string, evaluationId: string): string {
  return `/media/evaluations/${encodeURIComponent(runId)}/${encodeURIComponent(evaluationId)}`;
}

/** The model card of an evaluation, as Markdown. */
export function modelCardUrl(runId: string, evaluationId: string): string {
  return `${evaluationUrl(runId, evaluationId)}/model-card.md`;
}

/** A sheet of samples at fixed latents, from a checkpoint of a run. */
export function samplesUrl(runId: string, name: string): string {
  return `/media/samples/${encodeURIComponent(runId)}/${encodeURIComponent(name)}`;
}
