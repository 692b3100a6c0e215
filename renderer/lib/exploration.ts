import { type ExplorationHead, explorationHeadSchema } from '../../src/contract/explore.ts';
import { explorationUrl } from '../../src/contract/media.ts';

/** Frames of a sequence and the real slices beside them, 0 .. 65535 each. */
export interface Exploration extends ExplorationHead {
  readonly pictures: readonly Uint16Array[];
  /** The projected slice, and the training slice nearest to it. */
  readonly realPictures: readonly Uint16Array[];
}

/** Reads what `explorationUrl` gives. @throws Error for anything else */
export function parseExploration(bytes: ArrayBuffer): Exploration {
  const end = new Uint8Array(bytes).indexOf(10);
  if (end < 0) throw new Error('Not an exploration.');
  const head = explorationHeadSchema.parse(JSON.parse(new TextDecoder().decode(bytes.slice(0, end))));
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
