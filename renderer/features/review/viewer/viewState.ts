import { create } from 'zustand';
import type { ColormapName } from '../../../../src/display/colormap.ts';
import { type Point, startView, type View } from '../../../../src/display/viewport.ts';
import type { GreyWindow } from '../../../../src/display/window.ts';

export const tools = ['window', 'pan', 'zoom', 'length', 'angle', 'region'] as const;
export type Tool = (typeof tools)[number];

export const modes = ['side', 'difference', 'flicker', 'split'] as const;
export type Mode = (typeof modes)[number];

export const layouts = ['1x1', '1x2', '2x2', '3x3'] as const;
export type Layout = (typeof layouts)[number];

export interface Measurement {
  readonly tool: 'length' | 'angle' | 'region';
  /** In the image's pixels. */
  readonly points: readonly Point[];
}

/**
 * The window of every image over its own one: linked images of different units change alike. `shift` moves the
 * centre in own widths, `scale` multiplies the width.
 */
export interface RelativeWindow {
  readonly shift: number;
  readonly scale: number;
}

interface ViewState {
  readonly view: View;
  readonly window: RelativeWindow;
  /** A preset's values in real units, where one was chosen. */
  readonly absolute: GreyWindow | null;
  readonly invert: boolean;
  readonly smooth: boolean;
  readonly colours: ColormapName;
  readonly tool: Tool;
  readonly mode: Mode;
  readonly layout: Layout;
  /** Place of the split line, 0 to 1. */
  readonly split: number;
  /** By image address. */
  readonly measurements: Readonly<Record<string, readonly Measurement[]>>;
  set(part: Partial<Omit<ViewState, 'set' | 'measure' | 'reset'>>): void;
  measure(key: string, measurement: Measurement | null): void;
  reset(): void;
}

const start = {
  view: startView,
  window: { shift: 0, scale: 1 },
  absolute: null,
  invert: false,
} as const;

/** What all viewports share: they are linked by having one state. */
export const useView = create<ViewState>((set) => ({
  ...start,
  smooth: true,
  colours: 'grey',
  tool: 'window',
  mode: 'side',
  layout: '1x2',
  split: 0.5,
  measurements: {},
  set: (part) => set(part),
  measure: (key, measurement) =>
    set(({ measurements }) => ({
      measurements: {
        ...measurements,
        [key]: measurement === null ? [] : [...(measurements[key] ?? []), measurement],
      },
    })),
  reset: () => set({ ...start, measurements: {} }),
}));

/** The window of an image under the shared state, in its real values. */
export function shownWindow(
  own: GreyWindow,
  window: RelativeWindow,
  absolute: GreyWindow | null,
): GreyWindow {
  const base = absolute ?? own;
  const width = base.high - base.low;
  const centre = (base.low + base.high) / 2 + window.shift * width;
  const half = (Math.max(0.002, window.scale) * width) / 2;
  return { low: centre - half, high: centre + half };
}
