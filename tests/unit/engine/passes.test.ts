import * as tf from '@tensorflow/tfjs-core';
import ort from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import { Random } from '../../../src/base/random.ts';
import {
  conv2d,
  createEagerRunner,
  createRunner,
  leakyRelu,
  type Program,
  traceProgram,
} from '../../../src/engine/index.ts';
import { Builder, fill, type Graph, uniform, type Value } from '../../../src/engine/ir/graph.ts';
import { expand, reshape, transpose } from '../../../src/engine/ir/shapes.ts';
import { broadcastOperands } from '../../../src/engine/passes/broadcasting.ts';
import { shareCommonSubexpressions } from '../../../src/engine/passes/common-subexpressions.ts';
import { wholeVectors } from '../../../src/engine/passes/conv/whole-vectors.ts';
import { dropDeadCode } from '../../../src/engine/passes/dead-code.ts';
import { foldUniform } from '../../../src/engine/passes/fold-uniform.ts';
import { fuseBias } from '../../../src/engine/passes/fuse-bias.ts';
import { compile, type PassName } from '../../../src/engine/passes/index.ts';
import { mergeFilterGrads } from '../../../src/engine/passes/merge-filter-grads.ts';
import { shareSampleChains } from '../../../src/engine/passes/sample-scale.ts';
import { simplify } from '../../../src/engine/passes/simplify.ts';
import { sinkTransposes } from '../../../src/engine/passes/sink-transposes.ts';
import { blockSize } from '../../../src/engine/runner/block.ts';
import { traceGraph } from '../../../src/engine/trace/trace.ts';
import { randomArray } from './finite-differences.ts';
import { functionSpec, relativeError, tracedAgainstEager } from './helpers.ts';
import { smallGan, smallGanValues } from './small-gan.ts';

const input = (...shape: number[]): Value => ({ shape, dtype: 'float32' });
const ops = (graph: Graph) => graph.nodes.map((n) => n.op);

/** A graph of one output from operands x and y. */
function build(x: Value, make: (b: Builder) => Value, y?: Value): Graph {
  const b = new Builder();
  const output = make(b);
  const inputs = new Map([['x', x], ...(y ? [['y', y] as const] : [])] as [string, Value][]);
  return { inputs, outputs: new Map([['out', output]]), nodes: b.nodes };
}

describe('passes, each alone', () => {
  it('dead code: drops what no output needs', () => {
    const x = input(2);
    const graph = build(x, (b) => {
      b.map('Exp', [x]);
      return b.map('Neg', [x]);
    });
    expect(ops(dropDeadCode(graph))).toEqual(['Neg']);
  });

  it('common subexpressions: one node for equal ones, operands of a sum in either order', () => {
    const [x, y] = [input(2), input(2)];
    const graph = build(x, (b) => b.map('Mul', [b.map('Add', [x, y]), b.map('Add', [y, x])]), y);
    expect(ops(shareCommonSubexpressions(graph))).toEqual(['Add', 'Mul']);
    const different = build(x, (b) => b.map('Mul', [b.map('Sub', [x, y]), b.map('Sub', [y, x])]), y);
    expect(ops(shareCommonSubexpressions(different))).toEqual(['Sub', 'Sub', 'Mul']);
  });

  it('broadcasting: a uniform operand becomes a scalar only where the shape stays', () => {
    const [x, thin] = [input(2, 3), input(2, 1)];
    const scalar = broadcastOperands(build(x, (b) => b.map('Mul', [x, fill(2, [2, 3])])));
    expect(scalar.nodes[0]!.inputs[1]!.shape).toEqual([]);
    const kept = broadcastOperands(build(thin, (b) => b.map('Mul', [thin, fill(2, [2, 3])])));
    expect(kept.nodes[0]!.inputs[1]!.shape).toEqual([2, 3]);
  });

  it('broadcasting: an expanded operand is used unexpanded', () => {
    const [x, y] = [input(2, 3), input(1, 3)];
    const graph = build(x, (b) => b.map('Add', [x, expand(b, y, [2, 3])]), y);
    expect(ops(dropDeadCode(broadcastOperands(graph)))).toEqual(['Add']);
  });

  it('uniform folding: computes constants and stops zeros before linear ops', () => {
    const x = input(2, 3);
    const constant = foldUniform(build(x, (b) => b.map('Add', [fill(2), b.map('Exp', [fill(0)])])));
    expect(uniform(constant.outputs.get('out')!)).toBe(3);
    const zero = foldUniform(
      build(x, (b) => b.add('GantryMatMul', [b.map('Mul', [x, fill(0)]), input(3, 4)], {}, [2, 4])),
    );
    expect(uniform(zero.outputs.get('out')!)).toBe(0);
  });

  it('simplification: identities, factors and moves', () => {
    const x = input(2, 3);
    const same = simplify(build(x, (b) => b.map('Add', [b.map('Mul', [x, fill(1)]), fill(0)])));
    expect(same.outputs.get('out')).toBe(x);
    const factors = simplify(
      build(x, (b) => b.map('Neg', [b.map('Mul', [b.map('Mul', [x, fill(2)]), fill(3)])])),
    );
    expect(dropDeadCode(factors).nodes.map((n) => [n.op, uniform(n.inputs[1]!)])).toEqual([['Mul', -6]]);
    const back = simplify(build(x, (b) => transpose(b, transpose(b, x, [1, 0]), [1, 0])));
    expect(back.outputs.get('out')).toBe(x);
    const thin = input(1, 5);
    expect(ops(simplify(build(thin, (b) => transpose(b, thin, [1, 0]))))).toEqual(['Reshape']);
    expect(simplify(build(x, (b) => reshape(b, reshape(b, x, [6]), [2, 3]))).outputs.get('out')).toBe(x);
  });

  it('layout: transposes pass elementwise ops and reductions and cancel', () => {
    const x = input(2, 3, 4, 5);
    const bias = input(3);
    const graph = build(
      x,
      (b) => {
        const nhwc = transpose(b, x, [0, 2, 3, 1]);
        const active = b.map('Relu', [b.map('Add', [nhwc, bias])]);
        return transpose(b, active, [0, 3, 1, 2]);
      },
      bias,
    );
    expect(ops(dropDeadCode(simplify(sinkTransposes(graph))))).not.toContain('Transpose');
  });

  it('bias: joins its convolution when nobody else needs the plain result', () => {
    const program = (shared: boolean) =>
      functionSpec(
        (x, w, bias) => {
          const y = conv2d(x!, w!);
          return shared ? [tf.add(y, bias!), y] : tf.add(y, bias!);
        },
        [
          [1, 2, 4, 4],
          [3, 2, 3, 3],
          [1, 3, 1, 1],
        ],
      ).programs.main!;
    expect(traceProgram(program(false), {}).nodeCount).toBe(2);
    expect(traceProgram(program(true), {}).nodeCount).toBe(2);
    const x = input(1, 2, 4, 4);
    const w = input(3, 2, 3, 3);
    const graph = build(
      x,
      (b) => b.map('Add', [b.add('GantryConv', [x, w], {}, [1, 3, 2, 2]), input(1, 3, 1, 1)]),
      w,
    );
    expect(dropDeadCode(fuseBias(graph)).nodes.at(-1)!.inputs).toHaveLength(3);
  });
});

describe('the one-pass gradient penalty', () => {
  const shapes = { w: [4, 2, 3, 3], v: [1, 4, 3, 3], x: [3, 2, 6, 6] };
  /** A small discriminator's loss with its exact penalty, and the gradients of both filters. */
  const program: Program = {
    inputs: { x: shapes.x },
    fn(state, { x }) {
      const judge = (w: tf.Tensor, v: tf.Tensor, image: tf.Tensor) =>
        tf.sum(conv2d(leakyRelu(conv2d(image, w, { pad: 1 })), v, { pad: 1 }), [1, 2, 3]);
      const loss = (w: tf.Tensor, v: tf.Tensor) => {
        const slope = tf.grad((image: tf.Tensor) => tf.sum(judge(w, v, image)))(x!);
        return tf.add(
          tf.mean(tf.softplus(judge(w, v, x!))),
          tf.mul(tf.sum(tf.square(slope)), 0.1),
        ) as tf.Scalar;
      };
      const [w, v] = tf.grads((...p: tf.Tensor[]) => loss(p[0]!, p[1]!))([state.w!, state.v!]);
      return { outputs: { w: w!, v: v! } };
    },
  };
  const state = { w: shapes.w, v: shapes.v };
  const count = (graph: Graph, op: string) => ops(graph).filter((name) => name === op).length;

  it('runs back through the discriminator once for loss and penalty, with one filter gradient a filter', () => {
    const graph = shareCommonSubexpressions(
      simplify(foldUniform(broadcastOperands(dropDeadCode(traceGraph(program, state))))),
    );
    const shared = dropDeadCode(mergeFilterGrads(dropDeadCode(shareSampleChains(dropDeadCode(graph)))));
    expect(count(graph, 'GantryConvFilterGrad')).toBeGreaterThan(2);
    expect(count(shared, 'GantryConvFilterGrad')).toBe(2);
    expect(count(shared, 'GantryConvInputGrad')).toBeLessThan(count(graph, 'GantryConvInputGrad'));
  });

  it('gives the gradients of the generic second-order graph and of the eager engine', async () => {
    const random = new Random(3, 'penalty');
    const values = { w: randomArray(random, shapes.w), v: randomArray(random, shapes.v) };
    const x = randomArray(random, shapes.x);
    const spec = { state, programs: { main: program } };
    const results = [];
    for (const runner of [
      await createEagerRunner(spec),
      await createRunner(spec, {
        device: 'cpu',
        threads: 1,
        without: ['shareSampleChains', 'mergeFilterGrads'],
      }),
      await createRunner(spec, { device: 'cpu', threads: 1 }),
    ]) {
      runner.setState(values);
      results.push(await runner.run('main', { x }));
      await runner.dispose();
    }
    for (const key of ['w', 'v']) {
      expect(relativeError(results[1]![key]!, results[0]![key]!), key).toBeLessThan(1e-5);
      expect(relativeError(results[2]![key]!, results[0]![key]!), key).toBeLessThan(1e-5);
    }
  });
});

describe('channels that WebGPU misreads', () => {
  const convOf = (c: number, o: number, groups = 1) =>
    build(
      input(2, c, 5, 5),
      (b) =>
        b.add(
          'Conv',
          [input(2, c, 5, 5), input(o, c / groups, 3, 3)],
          { kernel_shape: [3, 3], strides: [1, 1], pads: [1, 1, 1, 1], dilations: [1, 1], group: groups },
          [2, o, 5, 5],
        ),
      undefined,
    );
  it.each([
    [6, 4],
    [9, 8],
    [129, 128],
    [513, 512],
  ])('%d to %d: filled up with zeros to a multiple of four', (c, o) => {
    const filled = wholeVectors(convOf(c, o));
    expect(ops(filled)).toEqual(['Pad', 'Pad', 'Conv']);
    const [x, w] = filled.nodes[2]!.inputs;
    expect([x!.shape[1]! % 4, w!.shape[1]! - x!.shape[1]!, x!.shape[1]! - c < 4]).toEqual([0, 0, true]);
  });

  it.each([
    [3, 4],
    [5, 4],
    [6, 6],
    [12, 8],
    [257, 256],
  ])('%d to %d: left as it is', (c, o) => {
    expect(ops(wholeVectors(convOf(c, o)))).toEqual(['Conv']);
  });

  it('in groups: left as they are, another kernel computes them', () => {
    expect(ops(wholeVectors(convOf(6, 4, 2)))).toEqual(['Conv']);
  });

  it('a training step computes the same with them filled up', async () => {
    const fn = (state: Record<string, tf.Tensor>, { x }: Record<string, tf.Tensor>) => ({
      outputs: {
        gradient: tf.grad((w: tf.Tensor) => tf.sum(tf.square(conv2d(x!, w, { stride: 2, pad: 1 }))))(
          state.w!,
        ),
      },
    });
    const shapes = { w: [8, 6, 4, 4] };
    const program: Program = { inputs: { x: [9, 6, 8, 8] }, fn };
    const plain = traceProgram(program, shapes);
    const filled = traceProgram(program, shapes, { webgpu: true });
    expect(filled.nodeCount).toBe(plain.nodeCount + 4);
    const run = async (model: Uint8Array) => {
      const session = await ort.InferenceSession.create(model, { logSeverityLevel: 3 });
      const result = await session.run({
        'state:w': new ort.Tensor('float32', randomArray(new Random(1, 'w'), shapes.w), shapes.w),
        'input:x': new ort.Tensor('float32', randomArray(new Random(2, 'x'), [9, 6, 8, 8]), [9, 6, 8, 8]),
      });
      return result['output:gradient']!.data as Float32Array;
    };
    expect(relativeError(await run(filled.model), await run(plain.model))).toBeLessThan(1e-6);
  });
});

describe('the blocked layout', () => {
  const shapes = [
    [4, 32, 12, 12],
    [64, 16, 3, 3],
    [1, 64, 1, 1],
    [32, 64, 3, 3],
  ];
  /** A grouped convolution with bias and activation, one without, and all gradients. */
  const fn = (...all: tf.Tensor[]) => {
    const y = (x: tf.Tensor, w: tf.Tensor, bias: tf.Tensor, v: tf.Tensor) => {
      const wide = leakyRelu(tf.add(conv2d(x, w, { pad: 1, groups: 2 }), bias));
      return conv2d(wide, v, { pad: 1 });
    };
    const loss = (...p: tf.Tensor[]) => tf.sum(tf.square(y(p[0]!, p[1]!, p[2]!, p[3]!))) as tf.Scalar;
    return [y(all[0]!, all[1]!, all[2]!, all[3]!), ...tf.grads(loss)(all)];
  };
  const { state, programs } = functionSpec(fn, shapes);
  const opsWith = (block: number) => ops(compile(traceGraph(programs.main!, state), [], block));

  it('computes what the eager engine computes', async () => {
    expect(await tracedAgainstEager(fn, shapes)).toBeLessThan(1e-5);
  });

  it('stands for convolutions and input gradients where a machine has it, with bias and activation', () => {
    expect(opsWith(0).filter((op) => op.startsWith('Nchwc') || op.startsWith('Reorder'))).toEqual([]);
    expect(opsWith(16).filter((op) => op === 'NchwcConv')).toHaveLength(4);
    expect(opsWith(16)).not.toContain('LeakyRelu');
  });

  it('takes one activation into a convolution and keeps a second one', async () => {
    const twice = (...all: tf.Tensor[]) => [
      leakyRelu(leakyRelu(conv2d(all[0]!, all[1]!, { pad: 1, groups: 2 }))),
    ];
    const two = functionSpec(twice, shapes.slice(0, 2));
    const kinds = ops(compile(traceGraph(two.programs.main!, two.state), [], 16));
    expect(kinds).toContain('NchwcConv');
    expect(kinds.filter((op) => op === 'LeakyRelu')).toHaveLength(1);
    expect(await tracedAgainstEager(twice, shapes.slice(0, 2))).toBeLessThan(1e-5);
  });

  it('is found by trial, whatever the processor', async () => {
    expect([0, 8, 16]).toContain(await blockSize());
  });

  it('is no part of a model for other machines', () => {
    const model = Buffer.from(traceProgram(programs.main!, state).model);
    expect(model.includes('nchwc')).toBe(false);
  });
});

describe('any pass left out', () => {
  const all: PassName[] = [
    'deadCode',
    'commonSubexpressions',
    'broadcasting',
    'foldUniform',
    'simplify',
    'sinkTransposes',
    'shareSampleChains',
    'mergeFilterGrads',
    'fuseBias',
    'convForms',
    'blockedConvs',
  ];

  it.each([...all.map((name) => [name]), all])('without %s the GAN step is the same', async (...without) => {
    const { state, inputs } = smallGanValues(5);
    const results = [];
    for (const left of [[], without as PassName[]]) {
      const runner = await createRunner(smallGan, { device: 'cpu', threads: 1, without: left });
      runner.setState(state);
      await runner.run('step', inputs);
      results.push(await runner.getState());
      await runner.dispose();
    }
    for (const key of Object.keys(results[0]!)) {
      expect(relativeError(results[0]![key]!, results[1]![key]!), key).toBeLessThan(1e-4);
    }
  });
});

describe('programs in tfjs NHWC ops', () => {
  it('agree with the eager engine after the layout pass', async () => {
    const fn = (x?: tf.Tensor, w?: tf.Tensor, bias?: tf.Tensor) => {
      const y = tf.relu(tf.add(tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, 1, 1), bias!));
      const z = tf.sub(tf.conv2d(y as tf.Tensor4D, tf.transpose(w!, [0, 1, 3, 2]) as tf.Tensor4D, 1, 1), x!);
      return [z, tf.mean(z, [1, 2]), leakyRelu(tf.sum(z, 3, true))];
    };
    expect(await tracedAgainstEager(fn, [[2, 5, 5, 3], [3, 3, 3, 4], [4]])).toBeLessThan(1e-5);
  });
});
