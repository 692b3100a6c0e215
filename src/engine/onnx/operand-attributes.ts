/**
 * Which attributes of the intermediate representation ONNX (operator set 18) takes as operands after the real
 * ones, in that order, and as what. `skip` leaves an optional operand out.
 */
export const operandAttributes: Readonly<
  Record<string, Readonly<Record<string, 'ints' | 'float' | 'skip'>>>
> = {
  Reshape: { shape: 'ints' },
  Expand: { shape: 'ints' },
  Slice: { starts: 'ints', ends: 'ints', axes: 'ints', steps: 'ints' },
  Pad: { pads: 'ints', value: 'float' },
  Tile: { repeats: 'ints' },
  Split: { split: 'ints' },
  Clip: { min: 'float', max: 'float' },
  ReduceSum: { axes: 'ints' },
  ReduceMean: { axes: 'ints' },
  ReduceMax: { axes: 'ints' },
  ReduceMin: { axes: 'ints' },
  ReduceProd: { axes: 'ints' },
  Resize: { roi: 'skip', scales: 'skip', sizes: 'ints' },
};
