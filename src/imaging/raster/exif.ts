import { directoriesOf } from './tiff/directory.ts';

const orientationTag = 274;

/**
 * The orientation that the EXIF segment of a JPEG file names (CIPA DC-008, 4.6.4): 1 .. 8, 1 as stored. Segments
 * that are damaged or missing say nothing.
 */
export function exifOrientation(bytes: Uint8Array): number {
  for (let at = 2; at + 4 < bytes.length && bytes[at] === 0xff; ) {
    const marker = bytes[at + 1]!;
    // A fill byte before a marker.
    if (marker === 0xff) {
      at++;
      continue;
    }
    if (marker === 0xda || marker === 0xd9) return 1;
    const length = bytes[at + 2]! * 256 + bytes[at + 3]!;
    const name = String.fromCharCode(...bytes.subarray(at + 4, at + 10));
    if (marker === 0xe1 && name === 'Exif\0\0') {
      return orientationOf(bytes.subarray(at + 10, at + 2 + length));
    }
    at += 2 + length;
  }
  return 1;
}

/** EXIF is a TIFF file whose first directory is about the picture. */
function orientationOf(exif: Uint8Array): number {
  try {
    return directoriesOf(exif, 1)[0]?.number(orientationTag, 1) ?? 1;
  } catch {
    return 1;
  }
}
