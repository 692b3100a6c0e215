import { type Images, imageAt, type Matrix, mean, quantileOf, sorted } from '../arrays.ts';
import { gradientEnergy } from './pixel-gradient.ts';

/** Grey above this is taken as tissue: a tenth of the way from air (-1) to the window's top (+1). */
const tissueAbove = -0.8;
const greyLevels = 16;

/** One feature: its name in reports, and how it comes from a slice. */
type Group = (image: Float32Array, size: number) => Record<string, number>;

/** Moments and percentiles over the tissue; zeros for a slice without any. */
const intensity: Group = (image) => {
  const tissue = sorted(image.filter((v) => v > tissueAbove));
  const n = tissue.length;
  const m = n === 0 ? 0 : mean(tissue);
  let [m2, m3, m4] = [0, 0, 0];
  for (const v of tissue) {
    const d = v - m;
    m2 += d * d;
    m3 += d ** 3;
    m4 += d ** 4;
  }
  const sd = Math.sqrt(m2 / Math.max(1, n));
  const at = (share: number) => (n === 0 ? 0 : quantileOf(tissue, share));
  return {
    'intensity.mean': m,
    'intensity.deviation': sd,
    'intensity.skewness': sd > 1e-6 ? m3 / n / sd ** 3 : 0,
    'intensity.kurtosis': sd > 1e-6 ? Math.min(20, m4 / n / sd ** 4) : 0,
    'intensity.p05': at(0.05),
    'intensity.p25': at(0.25),
    'intensity.p50': at(0.5),
    'intensity.p75': at(0.75),
    'intensity.p95': at(0.95),
  };
};

/** Area, place, extent and symmetry of the tissue. */
const shape: Group = (image, size) => {
  let [n, sx, sy, sxx, syy, sxy, border, mirrored] = [0, 0, 0, 0, 0, 0, 0, 0];
  const inside = (x: number, y: number) =>
    x >= 0 && y >= 0 && x < size && y < size && image[y * size + x]! > tissueAbove;
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      if (!inside(x, y)) continue;
      const u = (x + 0.5) / size - 0.5;
      const v = (y + 0.5) / size - 0.5;
      n++;
      sx += u;
      sy += v;
      sxx += u * u;
      syy += v * v;
      sxy += u * v;
      if (!inside(x - 1, y) || !inside(x + 1, y) || !inside(x, y - 1) || !inside(x, y + 1)) border++;
      if (inside(size - 1 - x, y)) mirrored++;
    }
  }
  const count = Math.max(1, n);
  const [cx, cy] = [sx / count, sy / count];
  const [vx, vy, vxy] = [sxx / count - cx * cx, syy / count - cy * cy, sxy / count - cx * cy];
  const half = Math.sqrt(((vx - vy) / 2) ** 2 + vxy ** 2);
  const [major, minor] = [(vx + vy) / 2 + half, Math.max(0, (vx + vy) / 2 - half)];
  return {
    'shape.area': n / size ** 2,
    'shape.centreX': cx,
    'shape.centreY': cy,
    'shape.major': Math.sqrt(major),
    'shape.minor': Math.sqrt(minor),
    'shape.tilt': n === 0 ? 0 : vxy / Math.max(1e-6, major),
    'shape.border': border / Math.max(1, Math.sqrt(n)),
    'shape.mirrorSymmetry': mirrored / count,
  };
};

/** Haralick's measures of a grey level co-occurrence matrix at one distance, over both axes, symmetric. */
function coOccurrence(levels: Uint8Array, size: number, step: number): Record<string, number> {
  const counts = new Float64Array(greyLevels ** 2);
  let total = 0;
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      const a = levels[y * size + x]!;
      for (const b of [
        x + step < size ? levels[y * size + x + step]! : -1,
        y + step < size ? levels[(y + step) * size + x]! : -1,
      ]) {
        // Air beside air says nothing and would drown the tissue.
        if (b < 0 || (a === 0 && b === 0)) continue;
        counts[a * greyLevels + b]!++;
        counts[b * greyLevels + a]!++;
        total += 2;
      }
    }
  }
  let [contrast, energy, homogeneity, entropy, m, v, co] = [0, 0, 0, 0, 0, 0, 0];
  for (let k = 0; k < counts.length; k++) {
    const p = counts[k]! / Math.max(1, total);
    if (p === 0) continue;
    const a = Math.floor(k / greyLevels);
    const b = k % greyLevels;
    contrast += p * (a - b) ** 2;
    homogeneity += p / (1 + Math.abs(a - b));
    energy += p * p;
    entropy -= p * Math.log2(p);
    m += p * a;
    v += p * a * a;
    co += p * a * b;
  }
  const variance = v - m * m;
  return {
    [`texture${step}.contrast`]: Math.sqrt(contrast),
    [`texture${step}.homogeneity`]: homogeneity,
    [`texture${step}.energy`]: Math.sqrt(energy),
    [`texture${step}.entropy`]: entropy,
    [`texture${step}.correlation`]: variance > 1e-9 ? (co - m * m) / variance : 0,
  };
}

const texture: Group = (image, size) => {
  const levels = Uint8Array.from(image, (v) =>
    Math.min(greyLevels - 1, Math.max(0, Math.floor(((v + 1) / 2) * greyLevels))),
  );
  const gradient = gradientEnergy(image, size).map(Math.sqrt);
  const ascending = sorted(gradient);
  return {
    ...coOccurrence(levels, size, 1),
    ...coOccurrence(levels, size, 3),
    'gradient.mean': mean(gradient),
    'gradient.p90': quantileOf(ascending, 0.9),
    'gradient.p99': quantileOf(ascending, 0.99),
    grain: grain(image, size),
  };
};

/** Root mean square of the 3 x 3 Laplacian-like mask of Immerkaer 1996, which cancels flat and linear structure. */
function grain(image: Float32Array, size: number): number {
  let sum = 0;
  for (let y = 1; y < size - 1; y++) {
    for (let x = 1; x < size - 1; x++) {
      const i = y * size + x;
      const [u, d] = [i - size, i + size];
      const m =
        image[u - 1]! -
        2 * image[u]! +
        image[u + 1]! -
        2 * image[i - 1]! +
        4 * image[i]! -
        2 * image[i + 1]! +
        image[d - 1]! -
        2 * image[d]! +
        image[d + 1]!;
      sum += m * m;
    }
  }
  return Math.sqrt(sum) / (6 * (size - 2));
}

/**
 * Intensity, shape and texture of every slice, 31 named values of the radiomics kind. Our own small set: distances
 * on it are not the published "FRD" of any version and must not be called so.
 */
export function handMadeFeatures(images: Images): Matrix & { readonly names: readonly string[] } {
  const one = (image: Float32Array) => ({
    ...intensity(image, images.size),
    ...shape(image, images.size),
    ...texture(image, images.size),
  });
  const names = Object.keys(one(new Float32Array(images.size ** 2).fill(-1)));
  const values = new Float32Array(images.count * names.length);
  for (let i = 0; i < images.count; i++) {
    values.set(Object.values(one(imageAt(images, i))), i * names.length);
  }
  return { rows: images.count, columns: names.length, values, names };
}
