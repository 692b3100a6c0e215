import { mayShowFace } from '../face.ts';
import { normalOf, planeOf } from '../geometry.ts';
import type { KeptText, RawIdentity, SliceGeometry, SliceHeader, Vec3 } from '../types.ts';
import { attributesOf } from './attributes.ts';
import type { DataSet } from './dataset.ts';
import type { PixelLayout } from './layout.ts';
import { paddingOf } from './padding.ts';
import type { DicomFile } from './part10.ts';
import { tags } from './tags.ts';

type Orientation = NonNullable<SliceGeometry['orientation']>;

/** The headers of a file's frames; what all frames share is read once. */
export interface HeaderSource {
  frame(index: number): SliceHeader;
}

/** Prepares the headers of a file. Functional groups (PS3.3 C.7.6.16) override what stands at the top. */
export function headersOf(file: DicomFile, layout: PixelLayout): HeaderSource {
  const { dataSet } = file;
  const shared = dataSet.item(tags.sharedFunctionalGroups);
  const perFrame = dataSet.items(tags.perFrameFunctionalGroups);
  const base = {
    kind: 'dicom',
    identity: identityOf(dataSet),
    ...optional('transferSyntax', file.transferSyntaxUid),
    ...optional('sopClass', dataSet.string(tags.sopClassUid)),
    rows: layout.rows,
    columns: layout.columns,
    bitsStored: layout.bitsStored,
    signed: layout.signed,
    inverted: layout.photometric === 'MONOCHROME1',
    ...optional('paddingValue', paddingOf(dataSet, layout)?.value),
    attributes: attributesOf(dataSet),
    notices: noticesOf(dataSet),
    ...optional('instanceNumber', dataSet.number(tags.instanceNumber)),
  } as const;
  return {
    frame(index) {
      const groups = [perFrame[index], shared].filter((g) => g !== undefined);
      const geometry = geometryOf(dataSet, groups);
      return {
        ...base,
        frame: index,
        ...rescaleOf(dataSet, groups),
        ...windowOf(dataSet, groups),
        geometry,
        ...optional('plane', geometry.orientation && planeOf(geometry.orientation)),
        ...optional('acquisitionNumber', acquisitionNumber(dataSet, groups)),
        ...optional('echoTimeMs', echoTime(dataSet, groups)),
      };
    },
  };
}

function optional<K extends string, V>(key: K, value: V | undefined): { [P in K]?: V } {
  return value === undefined ? {} : ({ [key]: value } as { [P in K]?: V });
}

const textTags: Readonly<Record<KeptText, number>> = {
  SeriesDescription: tags.seriesDescription,
  StudyDescription: tags.studyDescription,
  ProtocolName: tags.protocolName,
  ImageComments: tags.imageComments,
  PatientName: tags.patientName,
};

function identityOf(dataSet: DataSet): RawIdentity {
  return {
    ...optional('patientId', dataSet.text(tags.patientId) || undefined),
    ...optional('issuerOfPatientId', dataSet.text(tags.issuerOfPatientId) || undefined),
    ...optional('studyUid', dataSet.string(tags.studyInstanceUid)),
    ...optional('seriesUid', dataSet.string(tags.seriesInstanceUid)),
    ...optional('sopInstanceUid', dataSet.string(tags.sopInstanceUid)),
    ...optional('studyDate', dataSet.string(tags.studyDate) ?? dataSet.string(tags.seriesDate)),
    text: (name) => dataSet.text(textTags[name]),
  };
}

/** The first of the functional groups' `sequence` items that has `tag`, else the data set's own. */
function holder(
  dataSet: DataSet,
  groups: readonly DataSet[],
  sequence: number,
  tag: number,
): DataSet | undefined {
  for (const group of groups) {
    const item = group.item(sequence);
    if (item?.has(tag)) return item;
  }
  return dataSet.has(tag) ? dataSet : undefined;
}

function geometryOf(dataSet: DataSet, groups: readonly DataSet[]): SliceGeometry {
  const position = holder(dataSet, groups, tags.planePositionSequence, tags.imagePositionPatient)?.numbers(
    tags.imagePositionPatient,
  );
  const orientation = holder(
    dataSet,
    groups,
    tags.planeOrientationSequence,
    tags.imageOrientationPatient,
  )?.numbers(tags.imageOrientationPatient);
  const measures =
    groups.map((g) => g.item(tags.pixelMeasuresSequence)).find((m) => m !== undefined) ?? dataSet;
  const spacing =
    pair(measures.numbers(tags.pixelSpacing)) ??
    pair(dataSet.numbers(tags.imagerPixelSpacing)) ??
    pair(dataSet.numbers(tags.nominalScannedPixelSpacing));
  const thickness = measures.number(tags.sliceThickness);
  return {
    ...optional('positionMm', position !== undefined && isVec3(position) ? position : undefined),
    ...optional(
      'orientation',
      orientation !== undefined && isOrientation(orientation) ? orientation : undefined,
    ),
    ...optional('pixelSpacingMm', spacing),
    ...optional('sliceThicknessMm', thickness !== undefined && thickness > 0 ? thickness : undefined),
  };
}

function isVec3(values: number[]): values is [number, number, number] & Vec3 {
  return values.length === 3 && values.every(Number.isFinite);
}

/** Six finite cosines whose two directions are of about unit length and not parallel. */
function isOrientation(values: number[]): values is number[] & [...Orientation] {
  if (values.length !== 6 || !values.every(Number.isFinite)) return false;
  const [a, b, c, d, e, f] = values as [...Orientation];
  const unit = (x: number): boolean => x > 0.9 && x < 1.1;
  return (
    unit(Math.hypot(a, b, c)) &&
    unit(Math.hypot(d, e, f)) &&
    Math.hypot(...normalOf([a, b, c, d, e, f])) > 0.9
  );
}

function pair(values: number[]): readonly [number, number] | undefined {
  const [rows, columns] = values;
  return rows !== undefined && columns !== undefined && rows > 0 && columns > 0 ? [rows, columns] : undefined;
}

function rescaleOf(
  dataSet: DataSet,
  groups: readonly DataSet[],
): { rescaleSlope: number; rescaleIntercept: number; rescaleUnit?: string } {
  const from = holder(dataSet, groups, tags.pixelValueTransformationSequence, tags.rescaleSlope);
  const slope = from?.number(tags.rescaleSlope) ?? 1;
  const unit = from?.string(tags.rescaleType)?.toUpperCase();
  return {
    rescaleSlope: slope === 0 ? 1 : slope,
    rescaleIntercept: (from ?? dataSet).number(tags.rescaleIntercept) ?? 0,
    // Rescale Type is free text with Defined Terms; only the terms are kept.
    ...optional(
      'rescaleUnit',
      unit !== undefined && /^(HU|OD|US|PCT|MGML|Z_EFF|ED|EDW|HU_MOD)$/.test(unit) ? unit : undefined,
    ),
  };
}

function windowOf(
  dataSet: DataSet,
  groups: readonly DataSet[],
): { windowCenter?: number; windowWidth?: number } {
  const from = holder(dataSet, groups, tags.frameVoiLutSequence, tags.windowCenter);
  const center = from?.number(tags.windowCenter);
  const width = from?.number(tags.windowWidth);
  return center === undefined || width === undefined || width <= 0
    ? {}
    : { windowCenter: center, windowWidth: width };
}

function acquisitionNumber(dataSet: DataSet, groups: readonly DataSet[]): number | undefined {
  const content = groups.map((g) => g.item(tags.frameContentSequence)).find((c) => c !== undefined);
  return content?.number(tags.frameAcquisitionNumber) ?? dataSet.number(tags.acquisitionNumber);
}

function echoTime(dataSet: DataSet, groups: readonly DataSet[]): number | undefined {
  return (
    holder(dataSet, groups, tags.mrEchoSequence, tags.effectiveEchoTime)?.number(tags.effectiveEchoTime) ??
    dataSet.number(tags.echoTime)
  );
}

/** What a user should know before sharing the pixels. */
function noticesOf(dataSet: DataSet): string[] {
  const notices: string[] = [];
  const burned = dataSet.string(tags.burnedInAnnotation)?.toUpperCase();
  const modality = dataSet.string(tags.modality)?.toUpperCase() ?? '';
  const sop = dataSet.string(tags.sopClassUid) ?? '';
  const captured = sop.startsWith('1.2.840.10008.5.1.4.1.1.7') || dataSet.has(tags.conversionType);
  if (burned === 'YES') notices.push('burned-in-annotation');
  else if (burned !== 'NO' && (captured || modality === 'US' || modality === 'SC' || modality === 'OT')) {
    notices.push('possible-burned-in-annotation');
  }
  if (dataSet.string(tags.syntheticData)?.toUpperCase() === 'YES') notices.push('synthetic-data');
  const faceless = dataSet.string(tags.recognizableVisualFeatures)?.toUpperCase() === 'NO';
  if (modality === 'MR' && !faceless && mayShowFace(dataSet.string(tags.bodyPartExamined)))
    notices.push('head-mr-face');
  return notices;
}
