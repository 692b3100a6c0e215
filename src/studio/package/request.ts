import type { LabelRequest } from '../../gan/index.ts';

/** What a study package is made of and where it goes. */
export interface PackageRequest {
  readonly run: string;
  readonly count: number;
  readonly seed: number;
  readonly format: 'dicom' | 'png' | 'nifti';
  /** What a conditional run is asked for; default: labels as in its training data. */
  readonly labels?: LabelRequest | undefined;
  /** A new or empty folder, or a file that ends in .zip and is not there yet. */
  readonly out: string;
  /** Show real training slices in the report; default: nothing of a patient is in the package. */
  readonly withReal?: boolean | undefined;
  readonly keepNearCopies?: boolean | undefined;
}
