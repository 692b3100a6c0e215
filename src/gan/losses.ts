import * as tf from '@tensorflow/tfjs-core';

export const lossKinds = ['non-saturating', 'hinge', 'relativistic'] as const;
export type LossKind = (typeof lossKinds)[number];

export interface AdversarialLoss {
  /** Whether a generator step needs the logits of real images. */
  readonly paired: boolean;
  discriminator(real: tf.Tensor, fake: tf.Tensor): tf.Scalar;
  generator(fake: tf.Tensor, real: tf.Tensor): tf.Scalar;
}

const mean = (x: tf.Tensor) => tf.mean(x) as tf.Scalar;

/** Logits [n] in, mean loss out. */
export const losses: Readonly<Record<LossKind, AdversarialLoss>> = {
  /** Goodfellow et al. 2014: -log D for the generator; softplus(-x) = -log sigmoid(x). */
  'non-saturating': {
    paired: false,
    discriminator: (real, fake) =>
      tf.add(mean(tf.softplus(tf.neg(real))), mean(tf.softplus(fake))) as tf.Scalar,
    generator: (fake) => mean(tf.softplus(tf.neg(fake))),
  },
  /** Lim and Ye 2017. */
  hinge: {
    paired: false,
    discriminator: (real, fake) =>
      tf.add(mean(tf.relu(tf.sub(1, real))), mean(tf.relu(tf.add(1, fake)))) as tf.Scalar,
    generator: (fake) => tf.neg(mean(fake)) as tf.Scalar,
  },
  /** RpGAN (Jolicoeur-Martineau 2019; Huang et al. 2024): sample i of the reals against sample i of the fakes. */
  relativistic: {
    paired: true,
    discriminator: (real, fake) => mean(tf.softplus(tf.sub(fake, real))),
    generator: (fake, real) => mean(tf.softplus(tf.sub(real, fake))),
  },
};

/**
 * Zero-centred gradient penalty without its weight gamma / 2 (Mescheder et al. 2018): the squared norm of the
 * discriminator's gradient with respect to the image, mean over the batch. R1 on real images, R2 on generated
 * ones. Exact: the gradient of this value is a second-order gradient.
 */
export function gradientPenalty(logits: (images: tf.Tensor) => tf.Tensor, images: tf.Tensor): tf.Scalar {
  const gradient = tf.grad((x: tf.Tensor) => tf.sum(logits(x)))(images);
  return tf.div(tf.sum(tf.square(gradient)), images.shape[0]!) as tf.Scalar;
}
