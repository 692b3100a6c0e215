/**
 * What the readers of image files hand over. Everything downstream (workspace, dataset, inspect) knows only
 * these shapes, never DICOM or NIfTI.
 */

/** Stored values of one 2-D slice, row-major, before rescale and before any MONOCHROME1 inversion. */
export type StoredPixels =
  | Uint8Array
  | Int8Array
  | Uint16Array
  | Int16Array
  | Uint32Array
  | Int32Array
  | Float32Array
  | Float64Array;

export type Vec3 = readonly [number, number, number];

/** Patient coordinates (DICOM LPS, millimetres), as PS3.3 C.7.6.2 defines them. */
export interface SliceGeometry {
  /** Centre of the first voxel. */
  readonly positionMm?: Vec3;
  /** Direction cosines of a row (increasing column index), then of a column (increasing row index). */
  readonly orientation?: readonly [number, number, number, number, number, number];
  /** Distance between rows, then between columns. */
  readonly pixelSpacingMm?: readonly [number, number];
  readonly sliceThicknessMm?: number;
}

/**
 * Identity as the file tells it. Lives only in memory, between the reader and the keyed hash
 * (workspace secret); never logged, stored or sent to another process.
 */
export interface RawIdentity {
  readonly patientId?: string;
  readonly issuerOfPatientId?: string;
  readonly studyUid?: string;
  readonly seriesUid?: string;
  readonly sopInstanceUid?: string;
  /** Of the study, as the file writes it. */
  readonly studyDate?: string;
  /** A text in its character set, decoded when it is asked for: only a user's choice keeps one. */
  readonly text?: (name: KeptText) => string | undefined;
}

/** Texts that an import can keep when a user chooses so. */
export const keptTexts = [
  'SeriesDescription',
  'StudyDescription',
  'ProtocolName',
  'ImageComments',
  'PatientName',
] as const;
export type KeptText = (typeof keptTexts)[number];

/** Categories that bias reports and conditional training need; none identifies a person. */
export interface SliceAttributes {
  readonly modality?: string;
  readonly sequence?: string;
  readonly bodyPart?: string;
  readonly laterality?: 'L' | 'R' | 'B' | 'U';
  readonly sex?: 'F' | 'M' | 'O';
  /** Five-year band, "40-44"; "90+" from 90. */
  readonly ageBand?: string;
  readonly manufacturer?: string;
  readonly model?: string;
  readonly fieldStrengthT?: number;
}

export type Plane = 'axial' | 'coronal' | 'sagittal' | 'oblique';

/** Everything about one 2-D slice but its pixels. */
export interface SliceHeader {
  readonly kind: 'dicom' | 'nifti' | 'png' | 'tiff' | 'jpeg';
  readonly identity: RawIdentity;
  /** DICOM transfer syntax UID. */
  readonly transferSyntax?: string;
  readonly sopClass?: string;
  /** 0-based frame or slice index inside the file (of a 4-D file: inside the volume). */
  readonly frame: number;
  /** 0-based volume of a 4-D file. */
  readonly volume?: number;
  /** Pictures of the file, where one may hold several (TIFF). */
  readonly pages?: number;
  readonly rows: number;
  readonly columns: number;
  readonly bitsStored: number;
  readonly signed: boolean;
  /** True when a low stored value is bright (MONOCHROME1). */
  readonly inverted: boolean;
  /** Real value = stored * slope + intercept. */
  readonly rescaleSlope: number;
  readonly rescaleIntercept: number;
  readonly rescaleUnit?: string;
  readonly windowCenter?: number;
  readonly windowWidth?: number;
  /** Stored value that marks "outside the image" (0028,0120). */
  readonly paddingValue?: number;
  readonly geometry: SliceGeometry;
  readonly plane?: Plane;
  readonly instanceNumber?: number;
  readonly acquisitionNumber?: number;
  readonly echoTimeMs?: number;
  readonly attributes: SliceAttributes;
  /** Stable codes of things a user should know: "burned-in-annotation", "head-mr-face". */
  readonly notices: readonly string[];
}

export interface Slice {
  readonly header: SliceHeader;
  readonly pixels: StoredPixels;
}

/** What `gantry inspect` says of a file. Values: DICOM stored values; NIfTI after scl_slope/scl_inter. */
export interface Inspection {
  readonly kind: string;
  readonly transferSyntax?: string;
  readonly rows: number;
  readonly columns: number;
  readonly frames: number;
  readonly bits: number;
  readonly signed: boolean;
  readonly photometric?: string;
  readonly orientation?: string;
  readonly min: number;
  readonly max: number;
  readonly mean: number;
  /**
   * First 16 hex digits of SHA-1 over all stored values as little-endian int64 (float64 for float pixels),
   * C order, colour interleaved, frames concatenated.
   */
  readonly sha1_16: string;
}

export interface ReadOptions {
  /**
   * Which plane to cut a volume (NIfTI) into; default, and 'acquired': the plane with the finest in-plane spacing,
   * which is how it was acquired; 'as-stored': across the last voxel axis.
   */
  readonly plane?: 'axial' | 'coronal' | 'sagittal' | 'acquired' | 'as-stored';
  /** Which volume of a 4-D file, or all, one after another; default 0. */
  readonly volume?: number | 'all';
  /** What to do with colour and palette images; default: refuse them with UNSUPPORTED_PIXELS. */
  readonly colour?: 'refuse' | 'luminance';
}
