import { createHash, createSecretKey } from 'node:crypto';
import { GantryError } from '../../base/errors.ts';
import type { SliceHeader } from '../../imaging/index.ts';
import { keyedHash } from '../../workspace/secret.ts';
import { fileNames } from './labels/fileNames.ts';
import type { ReadRules } from './types.ts';

/**
 * Where identity ends. These functions run inside the import workers: they take names and numbers and give keyed
 * hashes, and only those leave the worker.
 */
export interface FilePlace {
  readonly path: string;
  readonly relative: string;
  readonly given: string;
  /** Of a picture: its place among those of its folder. */
  readonly place?: number;
  /** Where the file is in an archive. */
  readonly entry?: unknown;
}

/** Ways of telling subjects apart that are no patterns. */
export function isSubjectRule(subjectFrom: string): boolean {
  return subjectFrom === 'identity' || subjectFrom === 'folder' || subjectFrom === 'file';
}

/** Words that anonymisers put for everybody; as an identity they would make one patient of all. */
const word =
  'anon|anonym|anonymous|anonymi[sz]ed|anonymisiert|deidentified|de-identified|unknown|none|null|removed|patient|test|no|noid|not|available|id';
/** Such words alone. With a number they tell patients apart: ANON001 is a pseudonym. */
const unusable = new RegExp(`^(?:(?:${word})(?:[\\s_^-]+(?:${word}))*|n/?a|x+|0+)$`, 'i');

/** Whether a Patient ID tells one patient from another. */
export function isUsablePatientId(patientId: string | undefined): patientId is string {
  if (patientId === undefined) return false;
  // "<anonymous>", "*unknown*": what stands around the words says nothing.
  const bare = patientId.replace(/^[^\p{L}\p{N}]+|[^\p{L}\p{N}]+$/gu, '');
  return bare !== '' && !unusable.test(bare);
}

/** Label of a BIDS subject: the last `sub-<label>` of the path. */
function bidsLabel(path: string): string | undefined {
  return [...path.matchAll(/(?:^|[\\/])sub-([a-z0-9]+)(?=[_.\\/]|$)/gi)].at(-1)?.[1];
}

/** Parsed form of `subjectFrom`. @throws USAGE for a pattern that is no regular expression or captures nothing */
export function subjectPattern(subjectFrom: string): RegExp | undefined {
  if (isSubjectRule(subjectFrom)) return undefined;
  let pattern: RegExp;
  try {
    pattern = new RegExp(subjectFrom, 'u');
  } catch (error) {
    throw new GantryError('USAGE', 'The pattern of subjects is not a regular expression.', { cause: error });
  }
  // With an alternative that matches nothing, the number of groups shows.
  const groups = (new RegExp(`${subjectFrom}|`, 'u').exec('')?.length ?? 1) - 1;
  if (groups < 1) {
    throw new GantryError('USAGE', 'The pattern of subjects must capture the subject in parentheses.', {
      action: 'For example: --subject-from "^([^/]+)/"',
    });
  }
  return pattern;
}

/** A text that is equal for the slices of one subject; `[use, identifier]` of the keyed hash. */
function subjectOf(
  header: SliceHeader,
  place: FilePlace,
  fileHash: string,
  subjectFrom: string,
  pattern: RegExp | undefined,
): readonly [string, string] {
  if (subjectFrom === 'folder') {
    const slash = place.relative.indexOf('/');
    const folder = slash < 0 ? place.given : place.relative.slice(0, slash);
    // An archive is a folder, packed or not.
    return ['folder', folder.replace(/\.zip$/i, '')];
  }
  if (subjectFrom === 'file') return ['file', fileHash];
  if (pattern !== undefined) {
    const label = pattern.exec(place.relative)?.[1];
    if (label === undefined) {
      throw new GantryError('USAGE', 'The pattern of subjects does not match this path.', {
        action: 'Change the pattern of --subject-from.',
      });
    }
    return ['pattern', label];
  }
  const { patientId, issuerOfPatientId, studyUid, seriesUid } = header.identity;
  if (isUsablePatientId(patientId)) return ['patient', `${issuerOfPatientId ?? ''}\0${patientId.trim()}`];
  if (header.kind !== 'dicom') {
    const label = bidsLabel(place.entry === undefined ? place.path : place.relative);
    if (label !== undefined) return ['bids', label];
  }
  if (studyUid !== undefined && studyUid !== '') return ['study', studyUid];
  if (seriesUid !== undefined && seriesUid !== '') return ['study of series', seriesUid];
  return ['file', fileHash];
}

/** A file that is one picture; pages of a TIFF are a series of their own. */
function isLonePicture({ kind, pages }: SliceHeader): boolean {
  return kind !== 'dicom' && kind !== 'nifti' && (pages ?? 1) === 1;
}

/** Pictures of one kind in one folder are a series: one window for all, in the order of their names. */
function pictureSeries({ kind, bitsStored }: SliceHeader, { given, relative }: FilePlace): string {
  return `pictures\0${given}/${relative.slice(0, relative.lastIndexOf('/') + 1)}\0${kind} ${bitsStored}`;
}

export interface Keys {
  readonly source: Uint8Array;
  /** Ways in which a table of labels may name the subject. They are names: not to leave the worker. */
  subjectNames(header: SliceHeader): string[];
  slice(header: SliceHeader): {
    readonly key: Uint8Array;
    readonly subjectKey: Uint8Array;
    readonly seriesKey: Uint8Array;
  };
}

/** Makes the keys of a file and of its slices; subjects' and series' keys are worked out once a series. */
export function createKeyMaker(secret: Uint8Array, rules: ReadRules) {
  const pattern = subjectPattern(rules.subjectFrom);
  // A key object is set up once; raw bytes would be for each hash.
  const keyObject = createSecretKey(secret);
  const key = (use: string, identifier: string) => Uint8Array.from(keyedHash(keyObject, use, identifier));
  const reading = `${rules.plane ?? ''}\0${rules.volume ?? 0}`;
  /** A volume cut another way has other slices; each volume of a 4-D file has its own. */
  const cut = ({ volume }: SliceHeader) => `${rules.plane ?? ''}\0${volume ?? 0}`;
  // The slices of a subject and of a series mostly come one after another.
  const memo = new Map<string, Uint8Array>();
  const once = (use: string, identifier: string) => {
    const name = `${use}\0${identifier}`;
    const known = memo.get(name);
    if (known !== undefined) return known;
    if (memo.size > 1000) memo.clear();
    const made = key(use, identifier);
    memo.set(name, made);
    return made;
  };
  const subjectNames = (header: SliceHeader, place: FilePlace, own: string): string[] => {
    const [use, subject] = subjectOf(header, place, own, rules.subjectFrom, pattern);
    const { patientId, studyUid } = header.identity;
    const label = bidsLabel(place.relative) ?? bidsLabel(place.path);
    return [
      ...(use === 'folder' || use === 'pattern' ? [subject] : []),
      ...(patientId === undefined ? [] : [patientId.trim()]),
      ...(label === undefined ? [] : [label, `sub-${label}`]),
      ...(studyUid === undefined ? [] : [studyUid]),
      ...(use === 'file' ? fileNames(place) : []),
    ];
  };
  return {
    file(bytes: Uint8Array, place: FilePlace): Keys {
      const fileHash = createHash('sha256').update(bytes).digest('hex');
      return {
        source: key('file', `${fileHash}\0${reading}`),
        subjectNames: (header) => subjectNames(header, place, fileHash),
        slice(header) {
          const [use, subject] = subjectOf(header, place, fileHash, rules.subjectFrom, pattern);
          const { seriesUid, sopInstanceUid } = header.identity;
          // Frames of DICOM and pages are what they are.
          const own = header.kind === 'nifti' ? `${fileHash}\0${cut(header)}` : fileHash;
          // One series may hold several matrices or echoes: each is a series of ours. Directions (scouts) are told
          // apart where slices are stored, by their angle: text of cosines differs for -0.00 and at rounding edges.
          const kind = `${header.rows}x${header.columns} ${header.echoTimeMs ?? ''}`;
          const series = isLonePicture(header) ? pictureSeries(header, place) : seriesUid || own;
          return {
            key: key('slice', `${sopInstanceUid || own}\0${header.frame}`),
            subjectKey: once(`subject ${use}`, subject),
            seriesKey: once('series', `${series}\0${kind}\0${use}\0${subject}`),
          };
        },
      };
    },
    /** Keys of a volume that is cut: by what its files are, in whatever order. A volume is a series of its own. */
    volume(members: readonly Uint8Array[], place: FilePlace): Keys {
      const files = members.map((member) => Buffer.from(member).toString('hex')).sort();
      const own = `volume\0${files.join(' ')}`;
      return {
        source: key('file', own),
        subjectNames: (header) => subjectNames(header, place, own),
        slice(header) {
          const [use, subject] = subjectOf(header, place, own, rules.subjectFrom, pattern);
          return {
            key: key('slice', `${own}\0${header.frame}`),
            subjectKey: once(`subject ${use}`, subject),
            seriesKey: once('series', `${own}\0${use}\0${subject}`),
          };
        },
      };
    },
  };
}
