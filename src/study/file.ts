import { createHash } from 'node:crypto';
import { GantryError } from '../base/errors.ts';
import { type PublicStudy, publicStudySchema } from './types.ts';

/** A study as one file: a line that names the format, a line of JSON, then the images one after another. */
const magic = 'GANTRY-STUDY 1\n';
const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true });

/** Hexadecimal SHA-256. */
export function sha256Hex(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/**
 * The file for a reader's machine. All images are raw and of one size, so that no length tells one from
 * another; the truth is not in it, but for that of the training cases.
 */
export function encodeStudy(study: PublicStudy, images: Uint8Array): Uint8Array {
  const head = encoder.encode(`${magic}${JSON.stringify(study)}\n`);
  const file = new Uint8Array(head.byteLength + images.byteLength);
  file.set(head);
  file.set(images, head.byteLength);
  return file;
}

/** @throws NOT_AN_IMAGE for another kind of file, CORRUPT for a study that was changed or cut off */
export function decodeStudy(file: Uint8Array): { study: PublicStudy; images: Uint8Array } {
  const start = encoder.encode(magic);
  if (!start.every((byte, i) => file[i] === byte)) {
    throw new GantryError('NOT_AN_IMAGE', 'The file is no Gantry reader study.', {
      action: 'Choose the file that `gantry study export` or the Review page made.',
    });
  }
  const end = file.indexOf(0x0a, start.byteLength);
  const study = end < 0 ? undefined : parseHead(file.subarray(start.byteLength, end));
  const images = file.subarray(end + 1);
  if (study === undefined || images.byteLength !== study.images * study.size ** 2 * 2) throw damaged();
  if (sha256Hex(images) !== study.imagesSha256) throw damaged();
  return { study, images };
}

function parseHead(bytes: Uint8Array): PublicStudy | undefined {
  try {
    return checkStudy(JSON.parse(decoder.decode(bytes)));
  } catch {
    // Whatever is wrong with it, the file is not as it was written.
    return undefined;
  }
}

/** Parses a study's public part and checks that its cases name images that are there, each once. */
export function checkStudy(value: unknown): PublicStudy {
  const study = publicStudySchema.parse(value);
  const places = [...study.training, ...study.cases].flatMap(({ images }) => images);
  const perCase = study.kind === 'yes-no' ? 1 : 2;
  const ids = new Set([...study.training, ...study.cases].map(({ id }) => id));
  const whole =
    new Set(places).size === places.length &&
    places.every((place) => place < study.images) &&
    ids.size * perCase === places.length;
  if (!whole) throw damaged();
  return study;
}

function damaged(): GantryError {
  return new GantryError('CORRUPT', 'The study file is damaged or was changed.', {
    action: 'Get it again from the coordinator.',
  });
}
