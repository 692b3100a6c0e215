import type { SampleArray } from './codec.ts';

/** RRR…GGG…BBB… to RGBRGB… */
export function interleaved<T extends SampleArray>(planes: T, samples: number): T {
  const out = planes.slice() as T;
  const pixels = planes.length / samples;
  for (let s = 0; s < samples; s++) {
    for (let i = 0; i < pixels; i++) out[i * samples + s] = planes[s * pixels + i]!;
  }
  return out;
}
