import type { ImageHead } from '../../../../src/contract/studyMedia.ts';

/** The Studio's answers are trusted in their form; that the values are all there is checked below. */
function parseHead(text: string): ImageHead {
  return JSON.parse(text) as ImageHead;
}

export interface ViewImage extends ImageHead {
  /** 16-bit patterns, row by row, as they were stored. */
  readonly values: Uint16Array;
  /** The window to begin with, in real values. */
  readonly own: { readonly low: number; readonly high: number };
}

const kept = 64;
const cache = new Map<string, Promise<ViewImage>>();

/** Stored value of a pixel. */
export function storedAt(image: ViewImage, index: number): number {
  const pattern = image.values[index] ?? 0;
  return image.signed && pattern > 32767 ? pattern - 65536 : pattern;
}

export function realAt(image: ViewImage, index: number): number {
  return storedAt(image, index) * image.slope + image.intercept;
}

function ownWindow(head: ImageHead, values: Uint16Array): ViewImage['own'] {
  if (head.window !== null && head.window.high > head.window.low) return head.window;
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const pattern of values) {
    const stored = head.signed && pattern > 32767 ? pattern - 65536 : pattern;
    if (stored === head.padding) continue;
    low = Math.min(low, stored);
    high = Math.max(high, stored);
  }
  const ends = [low * head.slope + head.intercept, high * head.slope + head.intercept];
  return high > low ? { low: Math.min(...ends), high: Math.max(...ends) } : { low: 0, high: 1 };
}

/** An image of 16-bit unsigned values as a network sees them. */
export function unitImage(size: number, values: Uint16Array): ViewImage {
  return {
    rows: size,
    columns: size,
    signed: false,
    slope: 2 / 65535,
    intercept: -1,
    inverted: false,
    padding: null,
    spacingMm: null,
    window: { low: -1, high: 1 },
    modality: null,
    unit: null,
    values,
    own: { low: -1, high: 1 },
  };
}

/** Takes the line of JSON and the values apart. */
export function parseEnvelope(buffer: ArrayBuffer): ViewImage {
  const bytes = new Uint8Array(buffer);
  const end = bytes.indexOf(0x0a);
  const head = parseHead(new TextDecoder().decode(bytes.subarray(0, end)));
  const values = new Uint16Array(buffer, end + 1, head.rows * head.columns);
  return { ...head, values, own: ownWindow(head, values) };
}

async function load(url: string): Promise<ViewImage> {
  const answer = await fetch(url);
  if (!answer.ok) throw new Error(`The picture could not be loaded (${answer.status}).`);
  return parseEnvelope(await answer.arrayBuffer());
}

/** An image by its address; the last few stay, so that going back and forth costs nothing. */
export function loadImage(url: string): Promise<ViewImage> {
  const known = cache.get(url);
  const image = known ?? load(url);
  cache.delete(url);
  cache.set(url, image);
  if (known === undefined) image.catch(() => cache.delete(url));
  for (const old of cache.keys()) {
    if (cache.size <= kept) break;
    cache.delete(old);
  }
  return image;
}
