/**
 * Upper tail of the standard normal, P(Z > z), to about 1e-14 relative: a series near zero, a continued
 * fraction in the tail (Abramowitz & Stegun 26.2.10 and 26.2.14).
 */
function upperTail(z: number): number {
  if (z < 0) return 1 - upperTail(-z);
  const density = Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI);
  if (z < 3) {
    let term = z;
    let sum = z;
    for (let k = 1; Math.abs(term) > 1e-17 * sum; k++) {
      term *= (z * z) / (2 * k + 1);
      sum += term;
    }
    return 0.5 - density * sum;
  }
  let fraction = z;
  for (let k = 60; k >= 1; k--) fraction = z + k / fraction;
  return density / fraction;
}

/** Distribution function of the standard normal. */
export function normalCdf(z: number): number {
  if (z === Number.POSITIVE_INFINITY) return 1;
  if (z === Number.NEGATIVE_INFINITY) return 0;
  return z > 0 ? 1 - upperTail(z) : upperTail(-z);
}

/** Quantile of the standard normal for 0 < p < 1, by bisection refined with Newton steps. */
export function normalQuantile(p: number): number {
  if (!(p > 0 && p < 1)) return p === 0 ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  let low = -40;
  let high = 40;
  for (let i = 0; i < 40; i++) {
    const middle = (low + high) / 2;
    if (normalCdf(middle) < p) low = middle;
    else high = middle;
  }
  let z = (low + high) / 2;
  for (let i = 0; i < 3; i++) {
    const density = Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI);
    if (density < 1e-300) break;
    z -= (normalCdf(z) - p) / density;
  }
  return z;
}

/** Half width of a two-sided interval of this level in standard errors: 1.96 for 0.95. */
export function twoSided(level: number): number {
  return normalQuantile(1 - (1 - level) / 2);
}
