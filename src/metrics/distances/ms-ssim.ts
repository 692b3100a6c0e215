import { Random } from '../../base/random.ts';
import { type Images, imageAt } from '../arrays.ts';

/** Exponents of Wang et al. 2003, finest scale first. */
const exponents = [0.0448, 0.2856, 0.3001, 0.2363, 0.1333];
const radius = 5;
const kernel = (() => {
  const k = Array.from({ length: 2 * radius + 1 }, (_, i) => Math.exp(-((i - radius) ** 2) / (2 * 1.5 ** 2)));
  const sum = k.reduce((a, b) => a + b, 0);
  return Float64Array.from(k, (v) => v / sum);
})();

/** Gaussian window (11 taps, sigma 1.5) where it fits wholly: [size - 10, size - 10]. */
function smooth(image: Float64Array, size: number): Float64Array {
  const out = size - 2 * radius;
  const rows = new Float64Array(size * out);
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < out; x++) {
      let sum = 0;
      for (let k = 0; k < kernel.length; k++) sum += kernel[k]! * image[y * size + x + k]!;
      rows[y * out + x] = sum;
    }
  }
  const result = new Float64Array(out * out);
  for (let k = 0; k < kernel.length; k++) {
    const w = kernel[k]!;
    for (let y = 0; y < out; y++) {
      for (let x = 0; x < out; x++) result[y * out + x]! += w * rows[(y + k) * out + x]!;
    }
  }
  return result;
}

function halve(image: Float64Array, size: number): Float64Array {
  const half = Math.floor(size / 2);
  const out = new Float64Array(half * half);
  for (let y = 0; y < half; y++) {
    for (let x = 0; x < half; x++) {
      const i = 2 * y * size + 2 * x;
      out[y * half + x] = (image[i]! + image[i + 1]! + image[i + size]! + image[i + size + 1]!) / 4;
    }
  }
  return out;
}

/** Mean structural similarity and its contrast-structure part (Wang et al. 2004), grey range 2. */
function ssim(a: Float64Array, b: Float64Array, size: number): { whole: number; contrast: number } {
  const c1 = (0.01 * 2) ** 2;
  const c2 = (0.03 * 2) ** 2;
  const product = (x: Float64Array, y: Float64Array) => x.map((v, i) => v * y[i]!);
  const [ma, mb] = [smooth(a, size), smooth(b, size)];
  const [aa, bb, ab] = [product(a, a), product(b, b), product(a, b)].map((p) => smooth(p, size)) as [
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  let [whole, contrast] = [0, 0];
  for (let i = 0; i < ma.length; i++) {
    const [x, y] = [ma[i]!, mb[i]!];
    const cs = (2 * (ab[i]! - x * y) + c2) / (aa[i]! - x * x + (bb[i]! - y * y) + c2);
    contrast += cs;
    whole += (cs * (2 * x * y + c1)) / (x * x + y * y + c1);
  }
  return { whole: whole / ma.length, contrast: contrast / ma.length };
}

/**
 * Multi-scale structural similarity of two slices of -1 .. +1 (Wang et al. 2003): five scales, or as many as leave
 * 11 pixels, with the exponents scaled to add up to one; negative terms count as zero.
 */
export function msSsim(first: ArrayLike<number>, second: ArrayLike<number>, side: number): number {
  let a: Float64Array = Float64Array.from(first);
  let b: Float64Array = Float64Array.from(second);
  let size = side;
  let scales = 1;
  while (scales < exponents.length && side >> scales >= 2 * radius + 1) scales++;
  const total = exponents.slice(0, scales).reduce((x, y) => x + y, 0);
  let result = 1;
  for (let s = 0; s < scales; s++) {
    const { whole, contrast } = ssim(a, b, size);
    result *= Math.max(0, s === scales - 1 ? whole : contrast) ** (exponents[s]! / total);
    if (s < scales - 1) [a, b, size] = [halve(a, size), halve(b, size), Math.floor(size / 2)];
  }
  return result;
}

/**
 * Mean MS-SSIM of random pairs of a set: near one when all slices look alike (mode collapse). Pairs of one group
 * (neighbouring slices of one subject) are passed over.
 */
export function pairSimilarity(
  images: Images,
  options: {
    readonly seed: number;
    readonly pairs?: number;
    readonly groups?: ArrayLike<number> | undefined;
    /** Slices that pairs are drawn from; default all. */
    readonly among?: readonly number[] | undefined;
  },
): number {
  const random = new Random(options.seed, 'ms-ssim-pairs');
  const { groups, among } = options;
  const draw = () => (among === undefined ? random.int(images.count) : among[random.int(among.length)]!);
  let [sum, done] = [0, 0];
  const wanted = options.pairs ?? 500;
  for (let tries = 0; done < wanted && tries < 20 * wanted; tries++) {
    const i = draw();
    const j = draw();
    if (i === j || (groups !== undefined && groups[i] === groups[j])) continue;
    sum += msSsim(imageAt(images, i), imageAt(images, j), images.size);
    done++;
  }
  return sum / done;
}
