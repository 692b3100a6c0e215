import type { GreyWindow } from './window.ts';

export interface WindowPreset {
  /** A stable word; screens have a text for it. */
  readonly name: string;
  /** Keeps its absolute values (CT), or is a part of the slice's own window: from and to, 0 to 1. */
  readonly kind: 'absolute' | 'relative';
  readonly low: number;
  readonly high: number;
}

/** Centre and width in Hounsfield units, as radiology departments use them. */
const ct: readonly WindowPreset[] = [
  { name: 'brain', kind: 'absolute', low: 0, high: 80 },
  { name: 'subdural', kind: 'absolute', low: -50, high: 150 },
  { name: 'bone', kind: 'absolute', low: -450, high: 1050 },
  { name: 'lung', kind: 'absolute', low: -1350, high: 150 },
  { name: 'abdomen', kind: 'absolute', low: -160, high: 240 },
];

/** MRI has no units, so its presets are parts of the series' own window. */
const mr: readonly WindowPreset[] = [
  { name: 'bright', kind: 'relative', low: 0, high: 0.6 },
  { name: 'contrast', kind: 'relative', low: 0.2, high: 0.8 },
  { name: 'dark', kind: 'relative', low: 0, high: 0.25 },
  { name: 'wide', kind: 'relative', low: -0.1, high: 1.4 },
];

/** Presets beside the slice's own window. Hounsfield units make a CT whatever the header's modality says. */
export function windowPresets(modality: string | null, unit: string | null): readonly WindowPreset[] {
  return modality === 'CT' || unit === 'HU' ? ct : mr;
}

/** A preset over a slice's own window. */
export function presetWindow(preset: WindowPreset, own: GreyWindow): GreyWindow {
  if (preset.kind === 'absolute') return { low: preset.low, high: preset.high };
  const width = own.high - own.low;
  return { low: own.low + preset.low * width, high: own.low + preset.high * width };
}
