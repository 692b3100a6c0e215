import type { Random } from '../base/random.ts';

/** A smooth random field: a function of a place, about -1 .. +1, mean 0, features about one unit wide. */
export type Field = (x: number, y: number, z: number) => number;

/**
 * Gradient noise on the integer lattice (Perlin 1985, with the quintic fade of 2002), period 256: gradients
 * are drawn from `random`, so that each subject has folds of its own.
 */
export function gradientNoise(random: Random): Field {
  const order = random.permutation(256);
  const lattice = new Uint8Array(512);
  for (let i = 0; i < 512; i++) lattice[i] = order[i & 255]!;
  const gradients = new Float64Array(256 * 3);
  for (let i = 0; i < 256; i++) {
    const cosine = random.uniform() * 2 - 1;
    const sine = Math.sqrt(1 - cosine * cosine);
    const turn = random.uniform() * 2 * Math.PI;
    gradients.set([sine * Math.cos(turn), sine * Math.sin(turn), cosine], i * 3);
  }
  const corner = (hash: number, x: number, y: number, z: number): number =>
    gradients[hash * 3]! * x + gradients[hash * 3 + 1]! * y + gradients[hash * 3 + 2]! * z;
  return (x, y, z) => {
    const fx = Math.floor(x);
    const fy = Math.floor(y);
    const fz = Math.floor(z);
    const dx = x - fx;
    const dy = y - fy;
    const dz = z - fz;
    const i = fx & 255;
    const j = fy & 255;
    const k = fz & 255;
    const u = dx * dx * dx * (dx * (dx * 6 - 15) + 10);
    const v = dy * dy * dy * (dy * (dy * 6 - 15) + 10);
    const w = dz * dz * dz * (dz * (dz * 6 - 15) + 10);
    const a = lattice[i]! + j;
    const b = lattice[i + 1]! + j;
    const aa = lattice[a & 255]! + k;
    const ab = lattice[(a + 1) & 255]! + k;
    const ba = lattice[b & 255]! + k;
    const bb = lattice[(b + 1) & 255]! + k;
    const x00 = mix(corner(lattice[aa]!, dx, dy, dz), corner(lattice[ba]!, dx - 1, dy, dz), u);
    const x10 = mix(corner(lattice[ab]!, dx, dy - 1, dz), corner(lattice[bb]!, dx - 1, dy - 1, dz), u);
    const x01 = mix(
      corner(lattice[aa + 1]!, dx, dy, dz - 1),
      corner(lattice[ba + 1]!, dx - 1, dy, dz - 1),
      u,
    );
    const x11 = mix(
      corner(lattice[ab + 1]!, dx, dy - 1, dz - 1),
      corner(lattice[bb + 1]!, dx - 1, dy - 1, dz - 1),
      u,
    );
    return 1.5 * mix(mix(x00, x10, v), mix(x01, x11, v), w);
  };
}

function mix(a: number, b: number, t: number): number {
  return a + (b - a) * t;
}
