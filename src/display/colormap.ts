/** Colour maps as 256 RGB triples, from a few anchor colours with straight lines between them. */
const anchors = {
  grey: ['000000', 'ffffff'],
  inverted: ['ffffff', '000000'],
  /** Dark to bright through warm colours, for heat maps. */
  fire: ['000000', '5a0a5e', 'c8262d', 'f6921e', 'fff3a0', 'ffffff'],
  /** Blue below, black at the middle, orange above: for signed differences. */
  difference: ['7fd4ff', '1f63d6', '000000', 'd6561f', 'ffd07f'],
} as const;

export type ColormapName = keyof typeof anchors;

export const colormapNames = Object.keys(anchors) as readonly ColormapName[];

/** 768 bytes: the RGB of grey levels 0 .. 255. */
export function colormap(name: ColormapName): Uint8Array {
  const stops = anchors[name].map((hex) => [0, 2, 4].map((at) => Number.parseInt(hex.slice(at, at + 2), 16)));
  const table = new Uint8Array(768);
  for (let level = 0; level < 256; level++) {
    const place = (level / 255) * (stops.length - 1);
    const index = Math.min(Math.floor(place), stops.length - 2);
    const share = place - index;
    for (let channel = 0; channel < 3; channel++) {
      const from = stops[index]![channel]!;
      const to = stops[index + 1]![channel]!;
      table[level * 3 + channel] = Math.round(from + (to - from) * share);
    }
  }
  return table;
}

/** Grey levels to opaque RGBA (the layout of a canvas), through a table of `colormap`. */
export function greyToRgba(
  grey: Uint8Array,
  table: Uint8Array,
  out: Uint8ClampedArray = new Uint8ClampedArray(grey.length * 4),
): Uint8ClampedArray {
  for (let i = 0; i < grey.length; i++) {
    const from = grey[i]! * 3;
    const to = i * 4;
    out[to] = table[from]!;
    out[to + 1] = table[from + 1]!;
    out[to + 2] = table[from + 2]!;
    out[to + 3] = 255;
  }
  return out;
}
