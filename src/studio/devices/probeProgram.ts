import * as tf from '@tensorflow/tfjs-core';
import { Random } from '../../base/random.ts';
import {
  type Arrays,
  conv2d,
  downsampleFir2,
  leakyRelu,
  type RunnerSpec,
  sizeOf,
} from '../../engine/index.ts';

/** Adam-like training of a two-layer discriminator with its exact gradient penalty: what a step is made of. */
export function probeSpec(batch: number, channels: number, size: number): RunnerSpec {
  const shapes = { w: [channels, channels, 3, 3], v: [1, channels, 3, 3] };
  return {
    state: { ...shapes, 'm/w': shapes.w, 'm/v': shapes.v },
    programs: {
      step: {
        inputs: { x: [batch, channels, size, size] },
        fn(state, { x }) {
          const judge = (w: tf.Tensor, v: tf.Tensor, image: tf.Tensor) =>
            tf.sum(conv2d(downsampleFir2(leakyRelu(conv2d(image, w, { pad: 1 }))), v, { pad: 1 }), [1, 2, 3]);
          const loss = (w: tf.Tensor, v: tf.Tensor) => {
            const slope = tf.grad((image: tf.Tensor) => tf.sum(judge(w, v, image)))(x!);
            const penalty = tf.mul(tf.sum(tf.square(slope)), 0.1 / batch);
            return tf.add(tf.mean(tf.softplus(judge(w, v, x!))), penalty) as tf.Scalar;
          };
          const { value, grads } = tf.valueAndGrads((...p: tf.Tensor[]) => loss(p[0]!, p[1]!))([
            state.w!,
            state.v!,
          ]);
          const next = (name: 'w' | 'v', gradient: tf.Tensor) => {
            const m = tf.add(tf.mul(state[`m/${name}`]!, 0.9), tf.mul(tf.square(gradient), 0.1));
            const w = tf.sub(state[name]!, tf.mul(tf.div(gradient, tf.add(tf.sqrt(m), 1e-2)), 1e-2));
            return { [name]: w, [`m/${name}`]: m };
          };
          return { state: { ...next('w', grads[0]!), ...next('v', grads[1]!) }, outputs: { loss: value } };
        },
      },
    },
  };
}

export function probeValues(spec: RunnerSpec): { state: Arrays; inputs: Arrays } {
  const filled = (name: string, shape: readonly number[], scale: number) =>
    new Random(1, name).fillNormal(new Float32Array(sizeOf(shape))).map((v) => v * scale);
  return {
    state: Object.fromEntries(
      Object.entries(spec.state).map(([name, shape]) => [
        name,
        name.startsWith('m/') ? filled(name, shape, 0.1).map(Math.abs) : filled(name, shape, 0.1),
      ]),
    ),
    inputs: { x: filled('x', spec.programs.step!.inputs.x!, 1) },
  };
}
