import type { Builder, Value } from './graph.ts';
import { sameShape } from './graph.ts';

/** The data-moving ops, as functions that leave out what does nothing. */
export function reshape(b: Builder, x: Value, shape: readonly number[]): Value {
  return sameShape(x.shape, shape) ? x : b.add('Reshape', [x], { shape: [...shape] }, shape);
}

export function transpose(b: Builder, x: Value, perm: readonly number[]): Value {
  if (perm.every((p, i) => p === i)) return x;
  return b.add(
    'Transpose',
    [x],
    { perm: [...perm] },
    perm.map((p) => x.shape[p]!),
  );
}

export function expand(b: Builder, x: Value, shape: readonly number[]): Value {
  return sameShape(x.shape, shape) ? x : b.add('Expand', [x], { shape: [...shape] }, shape);
}

export function slice(
  b: Builder,
  x: Value,
  axes: readonly number[],
  starts: readonly number[],
  ends: readonly number[],
  steps: readonly number[] = axes.map(() => 1),
): Value {
  const shape = [...x.shape];
  axes.forEach((axis, i) => {
    shape[axis] = Math.max(0, Math.ceil((ends[i]! - starts[i]!) / steps[i]!));
  });
  if (sameShape(shape, x.shape) && steps.every((s) => s === 1)) return x;
  return b.add(
    'Slice',
    [x],
    { starts: [...starts], ends: [...ends], axes: [...axes], steps: [...steps] },
    shape,
  );
}

/** Zero padding (or `value`) by [before, after] per axis. */
export function pad(b: Builder, x: Value, pads: readonly (readonly [number, number])[], value = 0): Value {
  if (pads.every(([p, q]) => p === 0 && q === 0)) return x;
  const shape = x.shape.map((d, i) => d + pads[i]![0] + pads[i]![1]);
  return b.add(
    'Pad',
    [x],
    { pads: [...pads.map((p) => p[0]), ...pads.map((p) => p[1])], mode: 'constant', value },
    shape,
  );
}

export function concat(b: Builder, parts: readonly Value[], axis: number): Value {
  if (parts.length === 1) return parts[0]!;
  const shape = [...parts[0]!.shape];
  shape[axis] = parts.reduce((sum, p) => sum + p.shape[axis]!, 0);
  return b.add('Concat', parts, { axis }, shape);
}

export function split(b: Builder, x: Value, sizes: readonly number[], axis: number): Value[] {
  if (sizes.length === 1) return [x];
  const outputs = sizes.map(
    (s): Value => ({
      shape: x.shape.map((d, i) => (i === axis ? s : d)),
      dtype: x.dtype,
    }),
  );
  b.push({ op: 'Split', inputs: [x], attrs: { split: [...sizes], axis }, outputs });
  return outputs;
}

export function reduce(b: Builder, op: string, x: Value, axes: readonly number[], keepDims: boolean): Value {
  const sorted = [...axes].sort((p, q) => p - q);
  if (sorted.length === 0) return x;
  const kept = x.shape.map((d, i) => (sorted.includes(i) ? 1 : d));
  const shape = keepDims ? kept : x.shape.filter((_, i) => !sorted.includes(i));
  return b.add(op, [x], { axes: sorted, keepdims: keepDims ? 1 : 0 }, shape);
}
