import { comparisonUrl } from '../../src/contract/media.ts';
import type { GreyWindow } from '../../src/display/window.ts';

/** Pixels of both sides, 0 .. 65535 each, `size` x `size` a slice. */
export interface Comparison {
  readonly size: number;
  readonly real: readonly Uint16Array[];
  readonly synthetic: readonly Uint16Array[];
}

/** Both ends of the stored range. */
export const fullRange = 65_535;

function figure(head: Record<string, unknown>, name: string): number {
  const value = head[name];
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 0)
    throw new Error('Not a comparison.');
  return value;
}

/** Reads what `comparisonUrl` gives. @throws Error for anything else */
export function parseComparison(bytes: ArrayBuffer): Comparison {
  const all = new Uint8Array(bytes);
  const end = all.indexOf(10);
  if (end < 0) throw new Error('Not a comparison.');
  const head = JSON.parse(new TextDecoder().decode(all.subarray(0, end))) as Record<string, unknown>;
  const size = figure(head, 'size');
  const counts = [figure(head, 'real'), figure(head, 'synthetic')] as const;
  const pixels = size * size;
  // The values need not begin at an even place; a copy does.
  const values = new Uint16Array(bytes.slice(end + 1));
  if (values.length !== pixels * (counts[0] + counts[1])) throw new Error('Not a comparison.');
  const cut = (first: number, count: number) =>
    Array.from({ length: count }, (_, i) => values.subarray((first + i) * pixels, (first + i + 1) * pixels));
  return { size, real: cut(0, counts[0]), synthetic: cut(counts[0], counts[1]) };
}

/** @throws Error with the studio's words when there is nothing to compare */
export async function loadComparison(
  runId: string,
  count: number,
  seed: number,
  signal: AbortSignal,
): Promise<Comparison> {
  const answer = await fetch(comparisonUrl(runId, count, seed), { signal });
  if (!answer.ok) throw new Error((await answer.text()).trim());
  return parseComparison(await answer.arrayBuffer());
}

/** A window by centre and width, both in percent of the whole range. */
export interface PercentWindow {
  readonly centre: number;
  readonly width: number;
}

export const wholeWindow: PercentWindow = { centre: 50, width: 100 };

export function toGreyWindow({ centre, width }: PercentWindow): GreyWindow {
  const half = width / 2;
  return { low: ((centre - half) / 100) * fullRange, high: ((centre + half) / 100) * fullRange };
}

/** A drag over the pictures, as radiology viewers have it: across for the width, up for a lower centre. */
export function draggedWindow(from: PercentWindow, dx: number, dy: number): PercentWindow {
  const within = (value: number, low: number, high: number) => Math.min(high, Math.max(low, value));
  return { centre: within(from.centre + dy / 4, 0, 100), width: within(from.width + dx / 4, 1, 200) };
}
