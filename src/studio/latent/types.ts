import type { SliceOrigin } from '../../exporting/index.ts';
import type { LabelRequest, SlicePlace } from '../../gan/index.ts';
import type { OpenedGenerator } from '../generate/model.ts';
import type { FoundLatent, LatentRequest } from './request.ts';
import type { Target } from './target.ts';

export interface LatentOptions {
  readonly run: string;
  readonly request: LatentRequest;
  /** What a conditional run is asked for, where slices of seeds are meant; default: as in its training data. */
  readonly labels?: LabelRequest | undefined;
  /** 0 .. 1 for slices of seeds; default 1 (none). */
  readonly truncation?: number | undefined;
  /** `newest`, `best` or images seen; default `newest`. */
  readonly checkpoint?: string | undefined;
}

export interface Frame {
  /** float32 [size, size], about -1 .. +1. */
  readonly pixels: Float32Array;
  /** How it was made. */
  readonly text: string;
  readonly labels?: Record<string, string | number>;
}

/** A projected slice and how near it came. */
export interface Projected {
  readonly target: Target;
  /** Root mean squared difference of the projection to its target, of values from -1 to +1. */
  readonly rmse: number;
  readonly image: Float32Array;
  readonly curve: readonly number[];
  readonly ends: readonly number[];
  readonly found: FoundLatent;
}

export interface Sequence {
  readonly model: OpenedGenerator;
  readonly kind: SliceOrigin['kind'];
  readonly size: number;
  /** Written beside each frame: the seed of what is drawn, or of the slice that all began with. */
  readonly seed: number;
  readonly frames: readonly Frame[];
  /** The real slice that the frames come from, for those that do. */
  readonly projected: Projected | null;
}

export interface SequenceProgress {
  readonly signal?: AbortSignal | undefined;
  onProgress?(done: number, total: number): void;
}

/** What one kind of sequence adds. */
export type Made = Omit<Sequence, 'model' | 'size'>;
export type Of<T extends LatentRequest['type']> = Extract<LatentRequest, { type: T }>;
export type Asked = Pick<LatentOptions, 'labels' | 'truncation'>;

export const inWords = ({ seed, index }: SlicePlace) => `slice ${index} of seed ${seed}`;
