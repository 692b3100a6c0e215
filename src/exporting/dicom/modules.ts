import { mayShowFace } from '../../imaging/index.ts';
import { application, marking } from '../marking.ts';
import type { DicomDataset } from './dictionary.ts';
import type { Implementation } from './part10.ts';
import { derivedUid } from './uid.ts';

export const secondaryCaptureStorage = '1.2.840.10008.5.1.4.1.1.7';
export const mrImageStorage = '1.2.840.10008.5.1.4.1.1.4';

export function implementation(appVersion: string): Implementation {
  const short = appVersion.replace(/[^0-9.].*$/, '').slice(0, 9);
  return { classUid: derivedUid('gantry', 'implementation'), versionName: `GANTRY_${short}` };
}

/** UTC date and time as DA, TM and DT. */
export function dicomTime(when: Date): { date: string; time: string; dateTime: string } {
  const digits = when.toISOString().replace(/[-:T]/g, '');
  const date = digits.slice(0, 8);
  const time = digits.slice(8, 14);
  return { date, time, dateTime: `${date}${time}+0000` };
}

export interface MadeBy {
  readonly appVersion: string;
  /** "Synthesizing Equipment" item: what made the content. */
  readonly model: string;
  readonly description: string;
  readonly createdAt: Date;
}

/** SOP Common, with the mark of synthetic content (PS3.3 C.12.1.1: Synthetic Data, Contributing Equipment). */
export function sopCommon(sopClass: string, sopInstanceUid: string, by: MadeBy) {
  const { date, time, dateTime } = dicomTime(by.createdAt);
  return {
    SpecificCharacterSet: 'ISO_IR 192',
    SOPClassUID: sopClass,
    SOPInstanceUID: sopInstanceUid,
    SyntheticData: 'YES',
    InstanceCreationDate: date,
    InstanceCreationTime: time,
    ContributingEquipmentSequence: [
      {
        PurposeOfReferenceCodeSequence: [
          {
            CodeValue: '109100',
            CodingSchemeDesignator: 'DCM',
            CodeMeaning: 'Synthesizing Equipment',
          },
        ],
        Manufacturer: application,
        ManufacturerModelName: by.model,
        SoftwareVersions: by.appVersion,
        ContributionDateTime: dateTime,
        ContributionDescription: by.description,
      },
    ],
  } satisfies DicomDataset;
}

export interface InventedPatient {
  readonly name: string;
  readonly id: string;
  readonly identityRemovedHow: string;
}

/** Patient and study of nobody: a made-up name, no dates, no physician (all of type 2, so empty). */
export function patientAndStudy(patient: InventedPatient, studyUid: string): DicomDataset {
  return {
    PatientName: patient.name,
    PatientID: patient.id,
    PatientBirthDate: '',
    PatientSex: '',
    PatientIdentityRemoved: 'YES',
    DeidentificationMethod: patient.identityRemovedHow,
    StudyInstanceUID: studyUid,
    StudyDate: '',
    StudyTime: '',
    StudyID: '',
    AccessionNumber: '',
    ReferringPhysicianName: '',
  };
}

export function equipment(model: string, appVersion: string): DicomDataset {
  return {
    Manufacturer: application,
    ManufacturerModelName: model,
    DeviceSerialNumber: 'NONE',
    SoftwareVersions: appVersion,
  };
}

/** General Image: derived, with no burned-in text, and the sentence that forbids diagnosis. */
export function generalImage(createdAt: Date, derivation: string): DicomDataset {
  const { date, time } = dicomTime(createdAt);
  return {
    ImageType: ['DERIVED', 'SECONDARY', 'OTHER'],
    ContentDate: date,
    ContentTime: time,
    PatientOrientation: '',
    BurnedInAnnotation: 'NO',
    LossyImageCompression: '00',
    DerivationDescription: derivation,
    ImageComments: marking,
  };
}

/** Body part, and whether a face may be recognised: assumed when nothing is known. */
export function bodyPart(part: string | undefined): DicomDataset {
  if (part === undefined) return { Laterality: '', RecognizableVisualFeatures: 'YES' };
  return { BodyPartExamined: part, RecognizableVisualFeatures: mayShowFace(part) ? 'YES' : 'NO' };
}

/** Image Pixel: unsigned, 12 bits of 16. `pixels` is row-major, rows x columns, 0 .. 4095. */
export function imagePixels(pixels: Uint16Array, rows: number, columns: number): DicomDataset {
  return {
    SamplesPerPixel: 1,
    PhotometricInterpretation: 'MONOCHROME2',
    Rows: rows,
    Columns: columns,
    BitsAllocated: 16,
    BitsStored: 12,
    HighBit: 11,
    PixelRepresentation: 0,
    PixelData: pixels,
  };
}

/**
 * A linear window that shows exactly low .. high (PS3.3 C.11.2.1.2.1: the lowest grey at c - 0.5 - (w - 1)/2,
 * the highest at c - 0.5 + (w - 1)/2).
 */
export function linearWindow(low: number, high: number): DicomDataset {
  return { WindowCenter: (low + high + 1) / 2, WindowWidth: high - low + 1 };
}

/** MR Image with nothing claimed about the sequence: type 2 attributes stay empty. */
export const unknownMrAcquisition: DicomDataset = {
  ScanningSequence: 'RM',
  SequenceVariant: 'NONE',
  ScanOptions: '',
  MRAcquisitionType: '',
  RepetitionTime: '',
  EchoTime: '',
  EchoTrainLength: '',
  PatientPosition: '',
  PositionReferenceIndicator: '',
};
