import { encode } from 'fast-png';
import { exportRescale, type IntensityFrom, pngStoredMax, quantise } from './intensity.ts';
import { application, describe, marking, type Provenance, type SyntheticSlice } from './marking.ts';

/**
 * A generated slice as a 16-bit grey PNG, -1 .. +1 over 0 .. 65535 (intensity.ts), with its origin and the
 * rescale as tEXt chunks. Equal arguments give equal bytes.
 */
export function writeSyntheticPng(
  slice: SyntheticSlice,
  provenance: Provenance,
  intensityFrom?: IntensityFrom,
): Uint8Array {
  const rescale = exportRescale(intensityFrom, pngStoredMax);
  return encode({
    width: slice.size,
    height: slice.size,
    data: quantise(slice.pixels, pngStoredMax),
    depth: 16,
    channels: 1,
    text: {
      Comment: marking,
      Description: describe(provenance, slice),
      Software: `${application} ${provenance.appVersion}`,
      Synthetic: 'YES',
      'Model SHA-256': provenance.modelSha256,
      Run: provenance.runId,
      Seed: String(slice.seed),
      Index: String(slice.index),
      ...(slice.origin === undefined ? {} : { Origin: slice.origin.text }),
      'Rescale Slope': String(rescale.slope),
      'Rescale Intercept': String(rescale.intercept),
      'Rescale Unit': rescale.unit,
    },
  });
}
