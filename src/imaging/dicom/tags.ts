/**
 * The attributes that Gantry reads, with their value representations (PS3.6), which implicit VR files do not
 * carry. A tag is one number: group * 0x10000 + element.
 */
const table = {
  transferSyntaxUid: [0x00020010, 'UI'],
  directoryRecordSequence: [0x00041220, 'SQ'],
  referencedFileId: [0x00041500, 'CS'],
  specificCharacterSet: [0x00080005, 'CS'],
  imageType: [0x00080008, 'CS'],
  syntheticData: [0x0008001c, 'CS'],
  sopClassUid: [0x00080016, 'UI'],
  sopInstanceUid: [0x00080018, 'UI'],
  studyDate: [0x00080020, 'DA'],
  seriesDate: [0x00080021, 'DA'],
  acquisitionDate: [0x00080022, 'DA'],
  modality: [0x00080060, 'CS'],
  conversionType: [0x00080064, 'CS'],
  manufacturer: [0x00080070, 'LO'],
  studyDescription: [0x00081030, 'LO'],
  seriesDescription: [0x0008103e, 'LO'],
  manufacturerModelName: [0x00081090, 'LO'],
  acquisitionContrast: [0x00089209, 'CS'],
  patientName: [0x00100010, 'PN'],
  patientId: [0x00100020, 'LO'],
  issuerOfPatientId: [0x00100021, 'LO'],
  patientBirthDate: [0x00100030, 'DA'],
  patientSex: [0x00100040, 'CS'],
  patientAge: [0x00101010, 'AS'],
  bodyPartExamined: [0x00180015, 'CS'],
  scanningSequence: [0x00180020, 'CS'],
  sequenceVariant: [0x00180021, 'CS'],
  sliceThickness: [0x00180050, 'DS'],
  repetitionTime: [0x00180080, 'DS'],
  echoTime: [0x00180081, 'DS'],
  inversionTime: [0x00180082, 'DS'],
  magneticFieldStrength: [0x00180087, 'DS'],
  spacingBetweenSlices: [0x00180088, 'DS'],
  protocolName: [0x00181030, 'LO'],
  imagerPixelSpacing: [0x00181164, 'DS'],
  nominalScannedPixelSpacing: [0x00182010, 'DS'],
  diffusionBValue: [0x00189087, 'FD'],
  effectiveEchoTime: [0x00189082, 'FD'],
  mrEchoSequence: [0x00189114, 'SQ'],
  siemensImagesInMosaic: [0x0019100a, 'US'],
  studyInstanceUid: [0x0020000d, 'UI'],
  seriesInstanceUid: [0x0020000e, 'UI'],
  acquisitionNumber: [0x00200012, 'IS'],
  instanceNumber: [0x00200013, 'IS'],
  imagePositionPatient: [0x00200032, 'DS'],
  imageOrientationPatient: [0x00200037, 'DS'],
  laterality: [0x00200060, 'CS'],
  imageComments: [0x00204000, 'LT'],
  imageLaterality: [0x00200062, 'CS'],
  frameAnatomySequence: [0x00209071, 'SQ'],
  frameLaterality: [0x00209072, 'CS'],
  frameContentSequence: [0x00209111, 'SQ'],
  planePositionSequence: [0x00209113, 'SQ'],
  planeOrientationSequence: [0x00209116, 'SQ'],
  frameAcquisitionNumber: [0x00209156, 'US'],
  samplesPerPixel: [0x00280002, 'US'],
  photometricInterpretation: [0x00280004, 'CS'],
  planarConfiguration: [0x00280006, 'US'],
  numberOfFrames: [0x00280008, 'IS'],
  rows: [0x00280010, 'US'],
  columns: [0x00280011, 'US'],
  pixelSpacing: [0x00280030, 'DS'],
  bitsAllocated: [0x00280100, 'US'],
  bitsStored: [0x00280101, 'US'],
  highBit: [0x00280102, 'US'],
  pixelRepresentation: [0x00280103, 'US'],
  pixelPaddingValue: [0x00280120, 'US'],
  pixelPaddingRangeLimit: [0x00280121, 'US'],
  burnedInAnnotation: [0x00280301, 'CS'],
  recognizableVisualFeatures: [0x00280302, 'CS'],
  windowCenter: [0x00281050, 'DS'],
  windowWidth: [0x00281051, 'DS'],
  rescaleIntercept: [0x00281052, 'DS'],
  rescaleSlope: [0x00281053, 'DS'],
  rescaleType: [0x00281054, 'LO'],
  redPaletteDescriptor: [0x00281101, 'US'],
  greenPaletteDescriptor: [0x00281102, 'US'],
  bluePaletteDescriptor: [0x00281103, 'US'],
  redPaletteData: [0x00281201, 'OW'],
  greenPaletteData: [0x00281202, 'OW'],
  bluePaletteData: [0x00281203, 'OW'],
  modalityLutSequence: [0x00283000, 'SQ'],
  lutDescriptor: [0x00283002, 'US'],
  lutData: [0x00283006, 'OW'],
  pixelMeasuresSequence: [0x00289110, 'SQ'],
  frameVoiLutSequence: [0x00289132, 'SQ'],
  pixelValueTransformationSequence: [0x00289145, 'SQ'],
  siemensCsaImage: [0x00291010, 'OB'],
  sharedFunctionalGroups: [0x52009229, 'SQ'],
  perFrameFunctionalGroups: [0x52009230, 'SQ'],
  extendedOffsetTable: [0x7fe00001, 'OV'],
  extendedOffsetTableLengths: [0x7fe00002, 'OV'],
  floatPixelData: [0x7fe00008, 'OF'],
  doubleFloatPixelData: [0x7fe00009, 'OD'],
  pixelData: [0x7fe00010, 'OW'],
} as const;

type Name = keyof typeof table;

export const tags = Object.fromEntries(Object.entries(table).map(([name, [tag]]) => [name, tag])) as Record<
  Name,
  number
>;

const vrByTag = new Map<number, string>(Object.values(table).map(([tag, vr]) => [tag, vr]));

/** The VR of a tag in an implicit VR file; UN when Gantry has no use for it. */
export function implicitVr(tag: number): string {
  return vrByTag.get(tag) ?? 'UN';
}

/** "(0028,0010)" */
export function tagName(tag: number): string {
  const hex = tag.toString(16).padStart(8, '0').toUpperCase();
  return `(${hex.slice(0, 4)},${hex.slice(4)})`;
}
