import {
  bodyPart,
  equipment,
  generalImage,
  imagePixels,
  implementation,
  linearWindow,
  mrImageStorage,
  patientAndStudy,
  sopCommon,
  unknownMrAcquisition,
} from '../exporting/dicom/modules.ts';
import { encodePart10 } from '../exporting/dicom/part10.ts';
import { derivedUid } from '../exporting/dicom/uid.ts';
import { marking } from '../exporting/marking.ts';
import type { SliceGrid } from './acquire.ts';
import { phantomLabel } from './parameters.ts';

/** One phantom subject as a DICOM patient with one MR series. */
export interface PhantomSeries {
  /** From 1. */
  readonly subject: number;
  readonly seed: number;
  readonly scannerName: string;
  readonly appVersion: string;
  readonly createdAt: Date;
  readonly sliceSpacingMm: number;
  /** Stored value shown white. */
  readonly windowHigh: number;
  /** Settings that change the pixels; they go into the UIDs. */
  readonly settings: string;
}

export function phantomPatientId(subject: number): string {
  return `PHANTOM-${String(subject).padStart(3, '0')}`;
}

/**
 * A phantom slice as MR Image Storage with the geometry that it really has, labelled as a phantom in study,
 * series, equipment and comments, and marked as synthetic like everything that Gantry makes.
 */
export function phantomDicom(
  pixels: Uint16Array,
  grid: SliceGrid,
  index: number,
  series: PhantomSeries,
): Uint8Array {
  const { subject, seed, appVersion, createdAt, scannerName } = series;
  const scope = ['gantry phantom', seed, subject, series.settings];
  const id = phantomPatientId(subject);
  const derivation = `${phantomLabel}: analytic head slices, not an acquired image of any person. Seed ${seed}, subject ${subject}, slice ${index + 1}.`;
  const by = { appVersion, model: phantomLabel, description: derivation, createdAt };
  return encodePart10(
    {
      ...sopCommon(mrImageStorage, derivedUid('instance', ...scope, index), by),
      ...patientAndStudy(
        { name: `${id}^DIGITAL`, id, identityRemovedHow: 'Digital phantom: shows no person' },
        derivedUid('study', ...scope),
      ),
      StudyDescription: phantomLabel,
      Modality: 'MR',
      SeriesInstanceUID: derivedUid('series', ...scope),
      SeriesNumber: 1,
      SeriesDescription: `${phantomLabel}, T1-like sagittal`,
      FrameOfReferenceUID: derivedUid('frame of reference', ...scope),
      ImagePositionPatient: grid.positionMm.map((mm) => Math.round(mm * 1e4) / 1e4),
      ImageOrientationPatient: [0, 1, 0, 0, 0, -1],
      PixelSpacing: [grid.spacingMm, grid.spacingMm],
      SliceThickness: series.sliceSpacingMm,
      InstanceNumber: index + 1,
      ...unknownMrAcquisition,
      ...equipment(scannerName, appVersion),
      ...generalImage(createdAt, derivation),
      ...bodyPart('HEAD'),
      RecognizableVisualFeatures: 'NO',
      ImageComments: `${phantomLabel}. ${marking}`,
      ...imagePixels(pixels, grid.size, grid.size),
      ...linearWindow(0, series.windowHigh),
    },
    implementation(appVersion),
  );
}
