/** The words that every exported file carries, in whatever place its format has for them. */
export const marking = 'SYNTHETIC - NOT FOR DIAGNOSTIC USE';

export const application = 'Gantry';

/** Where a synthetic image comes from. Nothing here names a patient, a source file or a machine. */
export interface Provenance {
  readonly appVersion: string;
  readonly runId: string;
  /** What tells the run apart from those of the same name in other workspaces; only its hash is written. */
  readonly runKey?: string;
  /** SHA-256 of the generator's weights, 64 hex digits. */
  readonly modelSha256: string;
  readonly preset: string;
  /** Training images that the model had seen. */
  readonly images?: number;
  /** Truncation psi that the slices were made with; left out for none (see src/gan/truncation.ts). */
  readonly truncation?: number;
  /** "MR", "CT": what the training data were; "OT" when unknown. */
  readonly modality?: string;
  /** DICOM Body Part Examined of the training data, when they have one. */
  readonly bodyPart?: string;
  /** Distance between rows and between columns of the training images after resampling. */
  readonly pixelSpacingMm?: readonly [number, number];
  /** Further figures of the run for the manifest: dataset hash, seconds, KID, ... */
  readonly figures?: Readonly<Record<string, string | number | boolean | null>>;
}

/** How a slice came about that is not simply one of its seed: a frame of a sequence in the latent space. */
export interface SliceOrigin {
  /** A word, for file names. */
  readonly kind: 'interpolation' | 'label-walk' | 'projection' | 'near';
  /** Tells its sequence apart from all others of the run; only its hash is written. */
  readonly key: string;
  /** A phrase that says how it was made; at most 300 characters. */
  readonly text: string;
}

/** One generated slice: size x size values, row-major, -1 .. +1. */
export interface SyntheticSlice {
  /** Which slice of its seed, from 0; with an origin, which frame of its sequence. */
  readonly index: number;
  readonly seed: number;
  readonly size: number;
  readonly pixels: Float32Array;
  /** What a conditional generator was asked for, by label name. */
  readonly labels?: Readonly<Record<string, string | number>>;
  readonly origin?: SliceOrigin;
}

/** One paragraph, at most 1,024 characters, for DICOM Derivation Description, NIfTI and PNG texts. */
export function describe(
  provenance: Provenance,
  { seed, index, origin }: Pick<SyntheticSlice, 'seed' | 'index' | 'origin'>,
): string {
  const seen = provenance.images === undefined ? '' : `, ${provenance.images} images seen`;
  const cut = provenance.truncation === undefined ? '' : `; truncation ${provenance.truncation}`;
  return (
    `Synthetic image made by a generative adversarial network; not an acquired image of any person. ` +
    `${application} ${provenance.appVersion}; run ${provenance.runId}; preset ${provenance.preset}${seen}; ` +
    `model SHA-256 ${provenance.modelSha256}; ${origin?.text ?? `seed ${seed}; index ${index}`}${cut}.`
  );
}
