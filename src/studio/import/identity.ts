import { createHash, createSecretKey } from 'node:crypto';
import { GantryError } from '../../base/errors.ts';
import type { SliceHeader } from '../../imaging/index.ts';
import { keyedHash } from '../../workspace/secret.ts';
import type { ReadRules } from './types.ts';

/**
 * Where identity ends. These functions run inside the import workers: they take names and numbers and give keyed
 * hashes, and only those leave the worker.
 */
export interface FilePlace {
  readonly path: string;
  readonly relative: string;
  readonly given: string;
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
  if (subjectFrom === 'identity' || subjectFrom === 'folder') return undefined;
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
    return ['folder', slash < 0 ? place.given : place.relative.slice(0, slash)];
  }
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
  if (header.kind === 'nifti') {
    const label = bidsLabel(place.path);
    if (label !== undefined) return ['bids', label];
  }
  if (studyUid !== undefined && studyUid !== '') return ['study', studyUid];
  if (seriesUid !== undefined && seriesUid !== '') return ['study of series', seriesUid];
  return ['file', fileHash];
}

export interface Keys {
  readonly source: Uint8Array;
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
  return (bytes: Uint8Array, place: FilePlace): Keys => {
    const fileHash = createHash('sha256').update(bytes).digest('hex');
    return {
      source: key('file', `${fileHash}\0${reading}`),
      slice(header) {
        const [use, subject] = subjectOf(header, place, fileHash, rules.subjectFrom, pattern);
        const { seriesUid, sopInstanceUid } = header.identity;
        // A volume cut another way has other slices; frames of DICOM are what they are.
        const own = header.kind === 'nifti' ? `${fileHash}\0${reading}` : fileHash;
        // One series may hold several matrices or echoes: each is a series of ours. Directions (scouts) are told
        // apart where slices are stored, by their angle: text of cosines differs for -0.00 and at rounding edges.
        const kind = `${header.rows}x${header.columns} ${header.echoTimeMs ?? ''}`;
        return {
          key: key('slice', `${sopInstanceUid || own}\0${header.frame}`),
          subjectKey: once(`subject ${use}`, subject),
          seriesKey: once('series', `${seriesUid || own}\0${kind}\0${use}\0${subject}`),
        };
      },
    };
  };
}
