import { type Builder, fill, type Graph, type Node, type Value } from '../ir/graph.ts';
import { expand, reshape } from '../ir/shapes.ts';
import { rewrite } from './rewrite.ts';

const FIR = [1, 3, 3, 1];
/** Large enough to send every normal float32 beyond the mask's limits. */
const STEEP = 1e36;

function leakyRelu(b: Builder, node: Node): Value {
  const [x] = node.inputs as [Value];
  const y = b.map('LeakyRelu', [x], { alpha: node.attrs.alpha! });
  return node.attrs.gain === 1 ? y : b.map('Mul', [y, fill(Number(node.attrs.gain))]);
}

/** gain where x > 0, else alpha * gain: a steep line cut off on both sides, two passes over memory. */
function leakyReluMask(b: Builder, node: Node): Value {
  const [x] = node.inputs as [Value];
  const gain = Number(node.attrs.gain);
  const limits = { min: Number(node.attrs.alpha) * gain, max: gain };
  return b.map('Clip', [b.map('Mul', [x, fill(STEEP)])], limits);
}

function upsample2(b: Builder, node: Node): Value {
  const [x] = node.inputs as [Value];
  const [n, c, h, w] = x.shape as [number, number, number, number];
  const wide = expand(b, reshape(b, x, [n, c, h, 1, w, 1]), [n, c, h, 2, w, 2]);
  return reshape(b, wide, node.outputs[0]!.shape);
}

function avgPool2(b: Builder, node: Node): Value {
  const attrs = { kernel_shape: [2, 2], strides: [2, 2] };
  return b.add('AveragePool', node.inputs, attrs, node.outputs[0]!.shape);
}

function firFilter(channels: number, sum: number): Value {
  const tap = Float32Array.from({ length: 16 }, (_, i) => (sum * FIR[i >> 2]! * FIR[i & 3]!) / 64);
  const data = Float32Array.from({ length: 16 * channels }, (_, i) => tap[i % 16]!);
  return { shape: [channels, 1, 4, 4], dtype: 'float32', constant: { kind: 'data', data } };
}

function fir2(b: Builder, node: Node, op: 'Conv' | 'ConvTranspose', sum: number): Value {
  const [x] = node.inputs as [Value];
  const channels = x.shape[1]!;
  const attrs = { kernel_shape: [4, 4], strides: [2, 2], pads: [1, 1, 1, 1], group: channels };
  return b.add(op, [x, firFilter(channels, sum)], attrs, node.outputs[0]!.shape);
}

const forms: Readonly<Record<string, (b: Builder, node: Node) => Value>> = {
  GantryLeakyRelu: leakyRelu,
  GantryLeakyReluMask: leakyReluMask,
  GantryUpsample2: upsample2,
  GantryAvgPool2: avgPool2,
  GantryUpsampleFir2: (b, node) => fir2(b, node, 'ConvTranspose', 4),
  GantryDownsampleFir2: (b, node) => fir2(b, node, 'Conv', 1),
};

/** The engine's own elementwise and resampling ops in ONNX. */
export function lowerOwnOps(graph: Graph): Graph {
  return rewrite(graph, (node, b) => {
    const form = forms[node.op];
    return form ? [form(b, node)] : undefined;
  });
}
