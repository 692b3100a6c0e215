import type { Graph, Value } from '../../ir/graph.ts';
import { pad } from '../../ir/shapes.ts';
import { rewrite } from '../rewrite.ts';

/**
 * Input channels that ONNX Runtime 1.30's WebGPU convolution reads three at a time and gets wrong: multiples of three
 * (but three itself) that are none of four, where the outputs are a multiple of four. Found with a table of shapes on
 * the software driver (6->4, 9->8, 18->16 wrong; 5, 7, 10, 17, 3->4, 6->6 right); microsoft/onnxruntime#29651 is
 * perhaps the same. Settings of one's own meet them: a minibatch deviation makes 128 channels 129 and 512 513, and a
 * filter gradient has the batch for channels.
 */
const misread = (channels: number, outputs: number) =>
  channels > 3 && channels % 3 === 0 && channels % 4 !== 0 && outputs % 4 === 0;

const zeroChannels = (count: number): [number, number][] => [
  [0, 0],
  [0, count],
  [0, 0],
  [0, 0],
];

/** Gives each such convolution channels of zeros up to the next multiple of four. For lowered graphs. */
export function wholeVectors(graph: Graph): Graph {
  return rewrite(graph, (node, b) => {
    if (node.op !== 'Conv' || node.attrs.group !== 1) return undefined;
    const [x, w, ...bias] = node.inputs as [Value, Value, ...Value[]];
    const [outputs, channels] = w.shape as [number, number];
    if (!misread(channels, outputs)) return undefined;
    const missing = zeroChannels(4 - (channels % 4));
    const operands = [pad(b, x, missing), pad(b, w, missing), ...bias];
    return [b.add('Conv', operands, node.attrs, node.outputs[0]!.shape)];
  });
}
