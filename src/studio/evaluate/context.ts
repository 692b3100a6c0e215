import type { Workspace } from '../../workspace/index.ts';
import type { FeatureSpace } from './features.ts';
import type { RealSet } from './real.ts';
import type { SyntheticSet } from './synthetic.ts';

/** How far an evaluation is. */
export interface Stages {
  next(stage: string, weight: number): void;
  within(share: number): void;
}

export function stagesOf(onProgress: ((share: number, stage: string) => void) | undefined): Stages {
  let [done, weight, name] = [0, 0, ''];
  return {
    next(stage, share) {
      done += weight;
      [weight, name] = [share, stage];
      onProgress?.(Math.min(1, done), name);
    },
    within: (share) => onProgress?.(Math.min(1, done + weight * share), name),
  };
}

/** What every part of an evaluation is given. */
export interface Context {
  readonly ws: Workspace;
  readonly dataset: string;
  readonly train: RealSet;
  readonly heldOut: RealSet | undefined;
  readonly synthetic: SyntheticSet;
  readonly spaces: readonly FeatureSpace[];
  /** Where features are kept. */
  readonly featureFolder: string;
  readonly seed: number;
  readonly signal: AbortSignal | undefined;
  readonly stages: Stages;
  /** Sentences on what could not be told; added to. */
  readonly limits: string[];
}
