import * as tf from '@tensorflow/tfjs-core';

export const lossKinds = ['non-saturating', 'hinge', 'relativistic', 'wasserstein'] as const;

/** Keeps a critic's scores near zero, which its loss leaves free (Karras et al. 2018). */
const DRIFT = 1e-3;
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
  /** Arjovsky et al. 2017, with the drift term of Karras et al. 2018; wants the penalty on interpolated images. */
  wasserstein: {
    paired: false,
    discriminator: (real, fake) =>
      tf.add(tf.sub(mean(fake), mean(real)), tf.mul(mean(tf.square(real)), DRIFT)) as tf.Scalar,
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
 * One-centred gradient penalty without its weight lambda (Gulrajani et al. 2017, WGAN-GP): (norm - 1)² of the
 * gradient at points between real and generated images, mean over the batch.
 * @param mix share of the generated image, [n, 1, 1, 1] in 0..1
 */
export function interpolatedPenalty(
  logits: (images: tf.Tensor) => tf.Tensor,
  real: tf.Tensor,
  fake: tf.Tensor,
  mix: tf.Tensor,
): tf.Scalar {
  const between = tf.add(real, tf.mul(tf.sub(fake, real), mix));
  const gradient = tf.grad((x: tf.Tensor) => tf.sum(logits(x)))(between);
  const norm = tf.sqrt(tf.add(tf.sum(tf.square(gradient), [1, 2, 3]), 1e-12));
  return tf.mean(tf.square(tf.sub(norm, 1))) as tf.Scalar;
}

/**
 * Zero-centred gradient penalty without its weight gamma / 2 (Mescheder et al. 2018): the squared norm of the
 * discriminator's gradient with respect to the image, mean over the batch. R1 on real images, R2 on generated
 * ones. Exact: the gradient of this value is a second-order gradient.
 */
export function gradientPenalty(logits: (images: tf.Tensor) => tf.Tensor, images: tf.Tensor): tf.Scalar {
  const gradient = tf.grad((x: tf.Tensor) => tf.sum(logits(x)))(images);
  return tf.div(tf.sum(tf.square(gradient)), images.shape[0]!) as tf.Scalar;
}
