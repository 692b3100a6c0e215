import type { RunConfig } from '../../../../src/gan/config.ts';
import { conditions, smallConfig } from '../support.ts';

export interface FamilyOnDevice {
  readonly config: RunConfig;
  /** Images to train on before the compared steps: where in a schedule they lie. */
  readonly images: number;
}

const penalised = (config: RunConfig, kind: RunConfig['penalty']['kind'] = 'zero-centred'): RunConfig => ({
  ...config,
  penalty: { ...config.penalty, kind, every: 1 },
});

/** Each family of networks and each kind of step, small enough for a software driver; a penalty in every step. */
export const onDevice = {
  'style-based with Haar bands': {
    config: penalised(smallConfig('stylegan2', { size: 16 })),
    images: 0,
  },
  'plain convolutions, WGAN-GP': {
    config: penalised(smallConfig('dcgan', { size: 8, loss: 'wasserstein' }), 'interpolated'),
    images: 0,
  },
  R3GAN: { config: penalised(smallConfig('r3gan', { size: 8 })), images: 0 },
  conditional: { config: penalised(smallConfig('dcgan', { size: 8, conditions })), images: 0 },
  'growing, in the middle of a fade': {
    config: penalised(
      smallConfig('stylegan2', {
        size: 16,
        progressive: { start: 8, fadeImages: 20, stableImages: 4 },
      }),
    ),
    images: 8,
  },
} satisfies Record<string, FamilyOnDevice>;

export type FamilyName = keyof typeof onDevice;

/** What the process prints of a family, one JSON line each. */
export interface FamilyResult {
  readonly family: FamilyName;
  /** Largest distance of a state value from the CPU's after two steps, in the Euclidean norm, relative. */
  readonly relativeError: number;
  readonly worst: string;
  /** The same of the change of the state that the two steps made: what the step itself got right. */
  readonly relativeErrorOfChange: number;
  /** Bytes of state that crossed between host and device during the second step. */
  readonly stateBytesPerStep: number;
  readonly seconds: number;
}
