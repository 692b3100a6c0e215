import type { SliceAttributes } from '../types.ts';
import type { DataSet } from './dataset.ts';
import { tags } from './tags.ts';

/**
 * Makers by a word of their name. A name outside this list becomes "other": the attribute is free text, and
 * free text can hold anything.
 */
const makers: readonly (readonly [RegExp, string])[] = [
  [/siemens/i, 'Siemens'],
  [/philips|marconi|picker/i, 'Philips'],
  [/\bge\b|general electric/i, 'GE'],
  [/toshiba|canon/i, 'Canon'],
  [/\buih\b|united imaging/i, 'United Imaging'],
  [/hitachi|fujifilm|fuji/i, 'Fujifilm'],
  [/esaote/i, 'Esaote'],
  [/bruker/i, 'Bruker'],
  [/agilent|varian/i, 'Varian'],
  [/hyperfine/i, 'Hyperfine'],
  [/neusoft/i, 'Neusoft'],
  [/hologic/i, 'Hologic'],
  [/agfa/i, 'Agfa'],
  [/carestream|kodak/i, 'Carestream'],
  [/mindray/i, 'Mindray'],
  [/samsung|medison/i, 'Samsung'],
  [/shimadzu/i, 'Shimadzu'],
  [/konica|minolta/i, 'Konica Minolta'],
  [/elscint/i, 'Elscint'],
];

/** Categories for labels and bias reports. Nothing here is copied from free text but the scanner's model name. */
export function attributesOf(dataSet: DataSet): SliceAttributes {
  const maker = manufacturer(dataSet.string(tags.manufacturer));
  const found: { -readonly [K in keyof SliceAttributes]: SliceAttributes[K] | undefined } = {
    modality: code(dataSet.string(tags.modality)),
    sequence: sequence(dataSet),
    bodyPart: code(dataSet.string(tags.bodyPartExamined)),
    laterality: laterality(dataSet),
    sex: sex(dataSet.string(tags.patientSex)),
    ageBand: ageBand(dataSet),
    manufacturer: maker,
    model:
      maker === undefined || maker === 'other'
        ? undefined
        : model(dataSet.string(tags.manufacturerModelName)),
    fieldStrengthT: fieldStrength(dataSet.number(tags.magneticFieldStrength)),
  };
  return withoutUndefined(found);
}

function withoutUndefined(found: Record<string, unknown>): SliceAttributes {
  return Object.fromEntries(Object.entries(found).filter(([, value]) => value !== undefined));
}

/** A Code String as the standard allows it: capitals, digits, space and underscore, 16 characters. */
function code(text: string | undefined): string | undefined {
  const upper = text?.toUpperCase();
  return upper !== undefined && /^[A-Z0-9 _]{1,16}$/.test(upper) ? upper : undefined;
}

function manufacturer(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  return makers.find(([pattern]) => pattern.test(text))?.[1] ?? 'other';
}

function model(text: string | undefined): string | undefined {
  const clean = text
    ?.replace(/[^\p{L}\p{N} .+/()-]/gu, '')
    .replace(/\s+/g, ' ')
    .trim();
  return clean === undefined || clean === '' || clean.length > 40 ? undefined : clean;
}

function laterality(dataSet: DataSet): 'L' | 'R' | 'B' | 'U' | undefined {
  const text = (
    dataSet.string(tags.imageLaterality) ??
    dataSet.string(tags.frameLaterality) ??
    dataSet.string(tags.laterality)
  )?.toUpperCase();
  return text === 'L' || text === 'R' || text === 'B' || text === 'U' ? text : undefined;
}

function sex(text: string | undefined): 'F' | 'M' | 'O' | undefined {
  const upper = text?.toUpperCase();
  return upper === 'F' || upper === 'M' || upper === 'O' ? upper : undefined;
}

/** Nominal field, tesla: a value above 100 is in gauss (old GE), as in dcm2niix. */
function fieldStrength(value: number | undefined): number | undefined {
  if (value === undefined || value <= 0) return undefined;
  const tesla = value > 100 ? value / 10000 : value;
  return tesla > 30 ? undefined : Math.round(tesla * 10) / 10;
}

function ageBand(dataSet: DataSet): string | undefined {
  const years = ageInYears(dataSet.string(tags.patientAge)) ?? ageFromDates(dataSet);
  if (years === undefined || years < 0 || years > 130) return undefined;
  if (years >= 90) return '90+';
  const low = Math.floor(years / 5) * 5;
  return `${low}-${low + 4}`;
}

/** "041Y", "006M", "012W", "003D" (PS3.5 VR AS). */
function ageInYears(text: string | undefined): number | undefined {
  const match = text === undefined ? null : /^(\d{1,3})([DWMY])$/.exec(text.toUpperCase());
  if (match === null) return undefined;
  const perYear = { D: 365.25, W: 52.18, M: 12, Y: 1 }[match[2] as 'D' | 'W' | 'M' | 'Y'];
  return Number(match[1]) / perYear;
}

function ageFromDates(dataSet: DataSet): number | undefined {
  const birth = date(dataSet.string(tags.patientBirthDate));
  const study = date(
    dataSet.string(tags.studyDate) ?? dataSet.string(tags.seriesDate) ?? dataSet.string(tags.acquisitionDate),
  );
  if (birth === undefined || study === undefined) return undefined;
  return (study - birth) / (365.25 * 86_400_000);
}

/** DA, also with the dots of ACR-NEMA. */
function date(text: string | undefined): number | undefined {
  const match = text === undefined ? null : /^(\d{4})\.?(\d{2})\.?(\d{2})/.exec(text);
  if (match === null) return undefined;
  return Date.UTC(Number(match[1]), Number(match[2]) - 1, Number(match[3]));
}

/**
 * A coarse MR sequence from coded attributes: Acquisition Contrast where an enhanced object has one; otherwise
 * the scanning sequence with a weighting by the usual limits of TR, TE and TI (milliseconds).
 */
function sequence(dataSet: DataSet): string | undefined {
  if (dataSet.string(tags.modality) !== 'MR') return undefined;
  const contrast = code(dataSet.string(tags.acquisitionContrast));
  if (contrast !== undefined && contrast !== 'UNKNOWN' && contrast !== 'MIXED') return contrast;
  const scanning = dataSet.strings(tags.scanningSequence).map((s) => s.toUpperCase());
  if (scanning.length === 0) return undefined;
  if (scanning.includes('EP')) return (dataSet.number(tags.diffusionBValue) ?? 0) > 0 ? 'DIFFUSION' : 'EPI';
  const tr = dataSet.number(tags.repetitionTime) ?? 0;
  const te = dataSet.number(tags.echoTime) ?? 0;
  const ti = dataSet.number(tags.inversionTime) ?? 0;
  const inversion = scanning.includes('IR');
  if (scanning.includes('GR')) {
    const prepared = inversion || ti > 0 || dataSet.strings(tags.sequenceVariant).includes('MP');
    if (prepared && te < 15) return 'T1 MPRAGE';
    return te >= 15 ? 'T2* GR' : 'GR';
  }
  if (scanning.includes('SE') || inversion) {
    if (ti >= 1500 && te >= 60) return 'T2 FLAIR';
    if (ti > 0 && ti < 300) return 'STIR';
    if (te >= 60) return 'T2 SE';
    if (tr > 0 && te > 0) return tr < 1200 || (ti > 0 && ti < 1500) ? 'T1 SE' : 'PD SE';
    return inversion ? 'IR' : 'SE';
  }
  return 'OTHER';
}
