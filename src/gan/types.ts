/**
 * The borders of the GAN layer. `gan` knows no file, no dataset and no process: it is given a source of
 * batches and gives back metrics and checkpoints.
 */

/** Plain JSON values, so that configurations and states travel through files and messages unchanged. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

export interface Batch {
  /** float32 [batch, 1, size, size] in [-1, 1]. */
  readonly images: Float32Array;
  /** Encoded labels, float32 [batch, columns]; null for a source that knows none. */
  readonly labels: Float32Array | null;
}

/** Real images in an order that depends on the seed alone. */
export interface BatchSource {
  readonly size: number;
  /** Number of distinct images. */
  readonly count: number;
  /** Columns of the labels, 0 without. */
  readonly labelColumns: number;
  next(batch: number): Batch;
  /** A fixed random sample of `count` images (again from the start when there are fewer); moves nothing. */
  reference?(count: number): Batch;
  /** Where the source stands; `restore` makes it give the same batches again. */
  state(): Json;
  restore(state: Json): void;
}

/** Images that are not trained on. */
export interface ImageSet {
  /** A fixed random sample, as `BatchSource.reference`. */
  sample(count: number): Batch;
}

export interface NamedTensor {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}
export type Weights = Readonly<Record<string, NamedTensor>>;

/** All that exact resume needs. Tensor names: "g/…", "d/…", "ema/…", "adam/…". */
export interface Checkpoint {
  readonly tensors: Weights;
  /** Images seen, step, schedules, random states, loader position, guard history, configuration. */
  readonly state: Json;
}

export interface StepMetrics {
  readonly step: number;
  /** Real images shown so far. */
  readonly images: number;
  readonly lossD: number;
  readonly lossG: number;
  /** Mean discriminator output on real and on fake, and anything else a family reports. */
  readonly scoreReal: number;
  readonly scoreFake: number;
  readonly extra: Readonly<Record<string, number>>;
}
