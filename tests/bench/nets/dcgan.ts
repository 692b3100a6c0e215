import * as tf from '@tensorflow/tfjs-core';
import { Random } from '../../../src/base/random.ts';
import {
  type Arrays,
  conv2d,
  convTranspose2d,
  leakyRelu,
  type RunnerSpec,
  type Tensors,
} from '../../../src/engine/index.ts';
import { adamStep, type Net } from './net.ts';

/**
 * The DCGAN-64 step of the peer script torch_dcgan_step.py: z 128 -> 4x4x8n -> ... -> 64x64x1 by 4x4 transposed
 * convolutions with batch norm; a mirrored discriminator; softplus losses; Adam 2e-4 (0.5, 0.999).
 */
export function dcgan(width: number, batch: number): Net {
  const z = 128;
  const gWidths = [8 * width, 4 * width, 2 * width, width];
  const dWidths = gWidths.toReversed();
  const shapes: Record<string, number[]> = {};
  let from = z;
  for (const [i, c] of gWidths.entries()) {
    shapes[`g/w${i}`] = [from, c, 4, 4];
    shapes[`g/s${i}`] = [1, c, 1, 1];
    shapes[`g/b${i}`] = [1, c, 1, 1];
    from = c;
  }
  shapes['g/w4'] = [width, 1, 4, 4];
  from = 1;
  for (const [i, c] of dWidths.entries()) {
    shapes[`d/w${i}`] = [c, from, 4, 4];
    if (i > 0) {
      shapes[`d/s${i}`] = [1, c, 1, 1];
      shapes[`d/b${i}`] = [1, c, 1, 1];
    }
    from = c;
  }
  shapes['d/w4'] = [1, 8 * width, 4, 4];

  const batchNorm = (p: Tensors, name: string, x: tf.Tensor) => {
    const mean = tf.mean(x, [0, 2, 3], true);
    const centred = tf.sub(x, mean);
    const scale = tf.mul(
      tf.rsqrt(tf.add(tf.mean(tf.square(centred), [0, 2, 3], true), 1e-5)),
      p[name.replace('#', 's')]!,
    );
    return tf.add(tf.mul(centred, scale), p[name.replace('#', 'b')]!);
  };
  const generate = (p: Tensors, latent: tf.Tensor) => {
    let x = latent;
    for (let i = 0; i < 4; i++) {
      x = convTranspose2d(x, p[`g/w${i}`]!, i === 0 ? {} : { stride: 2, pad: 1 });
      x = tf.relu(batchNorm(p, `g/#${i}`, x));
    }
    return tf.tanh(convTranspose2d(x, p['g/w4']!, { stride: 2, pad: 1 }));
  };
  const judge = (p: Tensors, image: tf.Tensor) => {
    let x = image;
    for (let i = 0; i < 4; i++) {
      x = conv2d(x, p[`d/w${i}`]!, { stride: 2, pad: 1 });
      x = leakyRelu(i > 0 ? batchNorm(p, `d/#${i}`, x) : x);
    }
    return conv2d(x, p['d/w4']!);
  };

  const keys = (prefix: string) => Object.keys(shapes).filter((key) => key.startsWith(prefix));
  const spec: RunnerSpec = {
    state: Object.fromEntries(
      Object.entries(shapes).flatMap(([k, s]) => [
        [k, s],
        [`m/${k}`, s],
        [`v/${k}`, s],
      ]),
    ),
    programs: {
      step: {
        inputs: { real: [batch, 1, 64, 64], z: [batch, z, 1, 1] },
        fn: (state, { real, z: latent }) => {
          const fake = generate(state, latent!);
          const d = adamStep(state, keys('d/'), 0.5, 0.999, (p) =>
            tf.add(tf.mean(tf.softplus(tf.neg(judge(p, real!)))), tf.mean(tf.softplus(judge(p, fake)))),
          );
          const g = adamStep(state, keys('g/'), 0.5, 0.999, (p) =>
            tf.mean(tf.softplus(tf.neg(judge(d.next, generate(p, latent!))))),
          );
          return { state: { ...d.next, ...g.next }, outputs: { lossD: d.value, lossG: g.value } };
        },
      },
    },
  };
  const random = new Random(1, 'bench');
  const normal = (n: number, std: number) => random.fillNormal(new Float32Array(n)).map((v) => v * std);
  const size = (s: readonly number[]) => s.reduce((a, b) => a * b, 1);
  const state: Arrays = Object.fromEntries(
    Object.entries(shapes).map(([k, s]) => [
      k,
      /\/s\d/.test(k) ? new Float32Array(size(s)).fill(1) : normal(size(s), 0.02),
    ]),
  );
  return {
    name: `dcgan-64-n${width}`,
    batch,
    spec,
    state,
    inputs: () => ({ real: normal(batch * 4096, 1), z: normal(batch * z, 1) }),
  };
}
