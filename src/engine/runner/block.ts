import ort from 'onnxruntime-node';
import { Builder, type Graph, type Value } from '../ir/graph.ts';
import { emitOnnx } from '../onnx/emit.ts';
import { blockedConv } from '../passes/conv/blocked.ts';

const CHANNELS = 16;
const SIDE = 4;
const attrs = { kernel_shape: [3, 3], strides: [1, 1], pads: [1, 1, 1, 1], dilations: [1, 1], group: 1 };

/** One convolution in both layouts. */
function trial(block: number): Uint8Array {
  const b = new Builder();
  const x: Value = { shape: [1, CHANNELS, SIDE, SIDE], dtype: 'float32' };
  const w: Value = { shape: [CHANNELS, CHANNELS, 3, 3], dtype: 'float32' };
  const graph: Graph = {
    inputs: new Map([
      ['x', x],
      ['w', w],
    ]),
    outputs: new Map([
      ['plain', b.add('Conv', [x, w], attrs, x.shape)],
      ['blocked', blockedConv(b, [x, w], attrs, x.shape, block)],
    ]),
    nodes: b.nodes,
  };
  return emitOnnx(graph, 'block');
}

async function works(block: number): Promise<boolean> {
  try {
    const session = await ort.InferenceSession.create(trial(block), {
      executionProviders: ['cpu'],
      intraOpNumThreads: 1,
      logSeverityLevel: 4,
    });
    const waves = (length: number) => Float32Array.from({ length }, (_, i) => Math.sin(i * 0.7 + 1));
    const { plain, blocked } = await session.run({
      x: new ort.Tensor('float32', waves(CHANNELS * SIDE * SIDE), [1, CHANNELS, SIDE, SIDE]),
      w: new ort.Tensor('float32', waves(CHANNELS * CHANNELS * 9), [CHANNELS, CHANNELS, 3, 3]),
    });
    await session.release();
    const [a, c] = [plain!.data as Float32Array, blocked!.data as Float32Array];
    return a.every((v, i) => Math.abs(v - c[i]!) < 1e-4 * CHANNELS);
  } catch {
    return false;
  }
}

let found: Promise<number> | undefined;

/**
 * Channels of a block of ONNX Runtime's blocked layout on this processor: 16 with AVX-512, 8 on other x86, 0 where a
 * trial shows that there is none. It is nowhere told, so a convolution is computed with each and compared with the
 * plain one. Once a process; 10 ms.
 */
export function blockSize(): Promise<number> {
  found ??= (async () => {
    for (const block of [16, 8]) if (await works(block)) return block;
    return 0;
  })();
  return found;
}
