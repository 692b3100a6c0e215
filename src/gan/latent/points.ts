/**
 * A place in the latent space of a generator. `z`: what a plain generator is given, [latent]; `w`: the style of all
 * levels, [width]; `w+`: a style for each level, [levels * width], level by level.
 */
export interface LatentPoint {
  readonly space: 'z' | 'w' | 'w+';
  readonly values: Float32Array;
  /** Encoded labels beside z of a conditional plain generator; null where the style holds them, or there are none. */
  readonly labels: Float32Array | null;
}

/** (1 - t) a + t b */
export function lerp(a: Float32Array, b: Float32Array, t: number): Float32Array {
  return a.map((v, i) => (1 - t) * v + t * b[i]!);
}

const lengthOf = (a: Float32Array) => Math.sqrt(a.reduce((sum, v) => sum + v * v, 0));

/**
 * Spherical interpolation (Shoemake 1985): along the arc between the directions, so that latents of a normal
 * distribution keep the length that the generator was trained with (White 2016), which a straight line falls below.
 * Where there is no arc to speak of (equal, opposite or zero vectors) it is the straight line.
 */
export function slerp(a: Float32Array, b: Float32Array, t: number): Float32Array {
  const cosine = a.reduce((sum, v, i) => sum + v * b[i]!, 0) / (lengthOf(a) * lengthOf(b));
  const angle = Math.acos(Math.min(1, Math.max(-1, cosine)));
  const sine = Math.sin(angle);
  if (!(sine > 1e-4)) return lerp(a, b, t);
  const [wa, wb] = [Math.sin((1 - t) * angle) / sine, Math.sin(t * angle) / sine];
  return a.map((v, i) => wa * v + wb * b[i]!);
}

/** Halfway houses of two points of one space: straight between styles, along the arc between z. */
export function between(a: LatentPoint, b: LatentPoint, t: number): Float32Array {
  return a.space === 'z' ? slerp(a.values, b.values, t) : lerp(a.values, b.values, t);
}

/**
 * A neighbour: m + sqrt(1 - r²) (p - m) + r (q - m), where q is an independent draw of the space and m its mean. Like
 * the draws themselves it has variance one about m, so that a neighbour is as typical as any slice; r = 0 is the point
 * itself and r = 1 a slice that has nothing to do with it. @param radius 0 .. 1
 */
export function neighbour(
  point: Float32Array,
  draw: Float32Array,
  mean: Float32Array,
  radius: number,
): Float32Array {
  const kept = Math.sqrt(1 - radius * radius);
  return point.map((v, i) => {
    const m = mean[i % mean.length]!;
    return m + kept * (v - m) + radius * (draw[i % draw.length]! - m);
  });
}
