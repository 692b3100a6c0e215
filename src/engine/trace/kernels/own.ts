import { filterShape, geometryOf, inputShape, outputShape } from '../../ops/conv-geometry.ts';
import { kernel, type TraceKernel } from '../kernel.ts';

const resample = (name: string, factor: number) =>
  kernel(name, ({ b, input }) => {
    const [n, c, h, w] = input('x').shape as [number, number, number, number];
    return b.add(name, [input('x')], {}, [n, c, h * factor, w * factor]);
  });

/** The engine's own ops (src/engine/ops): recorded as one node each; the lowering passes choose their ONNX form. */
export const ownKernels: readonly TraceKernel[] = [
  kernel('GantryConv', (call) =>
    call.b.add(
      'GantryConv',
      [call.input('x'), call.input('w')],
      { ...geometryOf(call) },
      outputShape(geometryOf(call)),
    ),
  ),
  kernel('GantryConvInputGrad', (call) => {
    const inputs = [call.input('dy'), call.input('w')];
    return call.b.add('GantryConvInputGrad', inputs, { ...geometryOf(call) }, inputShape(geometryOf(call)));
  }),
  kernel('GantryConvFilterGrad', (call) => {
    const inputs = [call.input('x'), call.input('dy')];
    return call.b.add('GantryConvFilterGrad', inputs, { ...geometryOf(call) }, filterShape(geometryOf(call)));
  }),
  kernel('GantryLeakyRelu', (call) =>
    call.b.map('GantryLeakyRelu', [call.input('x')], {
      alpha: Number(call.attrs.alpha),
      gain: Number(call.attrs.gain),
    }),
  ),
  kernel('GantryLeakyReluMask', (call) =>
    call.b.map('GantryLeakyReluMask', [call.input('x')], {
      alpha: Number(call.attrs.alpha),
      gain: Number(call.attrs.gain),
    }),
  ),
  resample('GantryUpsample2', 2),
  resample('GantryAvgPool2', 0.5),
  resample('GantryUpsampleFir2', 2),
  resample('GantryDownsampleFir2', 0.5),
];
