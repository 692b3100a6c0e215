/**
 * Siemens CSA headers (private, documented by nibabel's and dcm2niix's authors): named lists of strings. Read
 * strictly inside bounds; a damaged header is an empty one.
 */
const latin1 = new TextDecoder('latin1');

/** The first `wanted` values of each named tag, as numbers. */
export function csaNumbers(bytes: Uint8Array, names: readonly string[]): Record<string, number[]> {
  const found: Record<string, number[]> = {};
  if (latin1.decode(bytes.subarray(0, 4)) !== 'SV10') return found;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const count = bytes.length >= 16 ? view.getUint32(8, true) : 0;
  let at = 16;
  for (let tag = 0; tag < count && at + 84 <= bytes.length; tag++) {
    const name = latin1.decode(bytes.subarray(at, at + 64)).split('\0')[0]!;
    const items = view.getUint32(at + 76, true);
    at += 84;
    const values: number[] = [];
    for (let item = 0; item < items && at + 16 <= bytes.length; item++) {
      const length = view.getUint32(at + 4, true);
      at += 16;
      if (at + length > bytes.length) return found;
      const text = latin1
        .decode(bytes.subarray(at, at + length))
        .split('\0')[0]!
        .trim();
      if (text !== '') values.push(Number(text));
      at += length + ((4 - (length % 4)) % 4);
    }
    if (names.includes(name)) found[name] = values;
  }
  return found;
}
