import type { ExplorationHead } from '../../src/contract/index.ts';
import { explorationUrl } from '../../src/contract/media.ts';

/** Frames of a sequence and the real slices beside them, 0 .. 65535 each. */
export interface Exploration extends ExplorationHead {
  readonly pictures: readonly Uint16Array[];
  /** The projected slice, and the training slice nearest to it. */
  readonly realPictures: readonly Uint16Array[];
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;
const isCount = (value: unknown): value is number => Number.isInteger(value) && Number(value) >= 0;

/** Checked by hand: the contract's own parser makes functions from text, which the page's policy refuses. */
function isHead(head: unknown): head is ExplorationHead {
  if (!isRecord(head) || !isCount(head.size) || !isCount(head.real) || !Array.isArray(head.frames))
    return false;
  const { projection } = head;
  return (
    head.frames.length > 0 &&
    head.frames.every((frame) => isRecord(frame) && typeof frame.text === 'string') &&
    (projection === null ||
      (isRecord(projection) &&
        isCount(projection.slice) &&
        typeof projection.rmse === 'number' &&
        typeof projection.side === 'string' &&
        (projection.nearestTraining === null || isRecord(projection.nearestTraining))))
  );
}

/** Reads what `explorationUrl` gives. @throws Error for anything else */
export function parseExploration(bytes: ArrayBuffer): Exploration {
  const end = new Uint8Array(bytes).indexOf(10);
  if (end < 0) throw new Error('Not an exploration.');
  const head: unknown = JSON.parse(new TextDecoder().decode(bytes.slice(0, end)));
  if (!isHead(head)) throw new Error('Not an exploration.');
  const pixels = head.size ** 2;
  const count = head.frames.length;
  // The values need not begin at an even place; a copy does.
  const values = new Uint16Array(bytes.slice(end + 1));
  if (values.length !== pixels * (count + head.real)) throw new Error('Not an exploration.');
  const all = Array.from({ length: count + head.real }, (_, i) =>
    values.subarray(i * pixels, (i + 1) * pixels),
  );
  return { ...head, pictures: all.slice(0, count), realPictures: all.slice(count) };
}

/** undefined: the studio keeps it no longer. */
export async function loadExploration(jobId: string, signal: AbortSignal): Promise<Exploration | undefined> {
  const answer = await fetch(explorationUrl(jobId), { signal });
  return answer.ok ? parseExploration(await answer.arrayBuffer()) : undefined;
}
