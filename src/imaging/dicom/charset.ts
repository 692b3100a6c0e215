/**
 * Character sets of PS3.5 section 6.1 and PS3.3 C.12.1.1.2, decoded with the platform's TextDecoder.
 *
 * With ISO 2022 a string is cut at its escape sequences; G0 and G1 are tracked, and both go back to the first
 * character set at line ends, backslashes, and in person names at `^` and `=` (PS3.5 6.1.2.5.3).
 */

/** Defined Terms to TextDecoder labels, for sets without code extensions. */
const single: Readonly<Record<string, string>> = {
  'ISO_IR 6': 'latin1',
  'ISO_IR 100': 'latin1',
  'ISO_IR 101': 'iso-8859-2',
  'ISO_IR 109': 'iso-8859-3',
  'ISO_IR 110': 'iso-8859-4',
  'ISO_IR 144': 'iso-8859-5',
  'ISO_IR 127': 'iso-8859-6',
  'ISO_IR 126': 'iso-8859-7',
  'ISO_IR 138': 'iso-8859-8',
  'ISO_IR 148': 'windows-1254',
  'ISO_IR 203': 'iso-8859-15',
  'ISO_IR 166': 'windows-874',
  'ISO_IR 13': 'shift_jis',
  'ISO_IR 192': 'utf-8',
  GB18030: 'gb18030',
  GBK: 'gbk',
};

/** What an escape sequence (the bytes after ESC) puts into G0 (7-bit) or G1 (8-bit). */
interface Designation {
  readonly half: 'G0' | 'G1';
  readonly label: string;
  /** Bytes a character. */
  readonly width: 1 | 2;
  /** The bytes that the label's decoder needs around a 7-bit run. */
  readonly wrap?: readonly [string, string];
}

const designations: Readonly<Record<string, Designation>> = {
  '(B': { half: 'G0', label: 'latin1', width: 1 },
  '(J': { half: 'G0', label: 'latin1', width: 1 },
  ')I': { half: 'G1', label: 'shift_jis', width: 1 },
  '-A': { half: 'G1', label: 'latin1', width: 1 },
  '-B': { half: 'G1', label: 'iso-8859-2', width: 1 },
  '-C': { half: 'G1', label: 'iso-8859-3', width: 1 },
  '-D': { half: 'G1', label: 'iso-8859-4', width: 1 },
  '-L': { half: 'G1', label: 'iso-8859-5', width: 1 },
  '-G': { half: 'G1', label: 'iso-8859-6', width: 1 },
  '-F': { half: 'G1', label: 'iso-8859-7', width: 1 },
  '-H': { half: 'G1', label: 'iso-8859-8', width: 1 },
  '-M': { half: 'G1', label: 'windows-1254', width: 1 },
  '-b': { half: 'G1', label: 'iso-8859-15', width: 1 },
  '-T': { half: 'G1', label: 'windows-874', width: 1 },
  $B: { half: 'G0', label: 'iso-2022-jp', width: 2, wrap: ['\x1b$B', '\x1b(B'] },
  '$@': { half: 'G0', label: 'iso-2022-jp', width: 2, wrap: ['\x1b$@', '\x1b(B'] },
  '$(D': { half: 'G0', label: 'euc-jp', width: 2 },
  '$)C': { half: 'G1', label: 'euc-kr', width: 2 },
  '$)A': { half: 'G1', label: 'gb2312', width: 2 },
};

/** The half that a set with code extensions ("ISO 2022 IR n") starts a string with. */
const initialG1: Readonly<Record<string, string>> = {
  'ISO 2022 IR 100': '-A',
  'ISO 2022 IR 101': '-B',
  'ISO 2022 IR 109': '-C',
  'ISO 2022 IR 110': '-D',
  'ISO 2022 IR 144': '-L',
  'ISO 2022 IR 127': '-G',
  'ISO 2022 IR 126': '-F',
  'ISO 2022 IR 138': '-H',
  'ISO 2022 IR 148': '-M',
  'ISO 2022 IR 203': '-b',
  'ISO 2022 IR 166': '-T',
  'ISO 2022 IR 13': ')I',
  'ISO 2022 IR 149': '$)C',
  'ISO 2022 IR 58': '$)A',
};

const decoders = new Map<string, TextDecoder>();
function decoderFor(label: string): TextDecoder {
  let decoder = decoders.get(label);
  if (decoder === undefined) {
    decoder = new TextDecoder(label);
    decoders.set(label, decoder);
  }
  return decoder;
}

/** "iso ir 100", "ISO-IR 100" and the like are common mistakes; the term that was meant. */
function canonical(term: string): string {
  const upper = term.trim().toUpperCase();
  const plain = /^ISO[ _-]?IR[ _-]?(\d+)$/.exec(upper);
  if (plain !== null) return `ISO_IR ${plain[1]}`;
  const extended = /^ISO[ _-]?2022[ _-]?IR[ _-]?(\d+)$/.exec(upper);
  if (extended !== null) return `ISO 2022 IR ${extended[1]}`;
  return upper;
}

/**
 * Decodes the bytes of a text value.
 * @param sets the values of Specific Character Set (0008,0005), which may be empty
 * @param vr PN has more delimiters than the other VRs
 */
export function decodeText(bytes: Uint8Array, sets: readonly string[], vr: string): string {
  const terms = sets.map(canonical);
  const first = terms[0] ?? '';
  if (terms.length <= 1 && !first.startsWith('ISO 2022')) {
    return decoderFor(single[first] ?? 'latin1').decode(bytes);
  }
  return decodeExtended(bytes, initialG1[first] ?? initialG1[first.replace('ISO_IR', 'ISO 2022 IR')], vr);
}

function decodeExtended(bytes: Uint8Array, firstG1: string | undefined, vr: string): string {
  const startG0 = designations['(B']!;
  const startG1 = firstG1 === undefined ? undefined : designations[firstG1];
  let g0 = startG0;
  let g1 = startG1;
  let out = '';
  let at = 0;
  while (at < bytes.length) {
    const byte = bytes[at]!;
    if (byte === 0x1b) {
      const found = designationAt(bytes, at + 1);
      if (found === undefined) {
        at++;
        continue;
      }
      if (found.designation.half === 'G0') g0 = found.designation;
      else g1 = found.designation;
      at = found.next;
      continue;
    }
    const high = byte >= 0x80;
    let end = at + 1;
    if (high) {
      while (end < bytes.length && bytes[end]! >= 0x80) end++;
      out += decoderFor(g1?.label ?? 'latin1').decode(bytes.subarray(at, end));
    } else if (g0.width === 2 && byte > 0x20) {
      while (end < bytes.length && bytes[end]! > 0x20 && bytes[end]! < 0x80) end++;
      out += decodeDoubleByte(bytes.subarray(at, end), g0);
    } else {
      out += String.fromCharCode(byte);
      if (isDelimiter(byte, vr)) {
        g0 = startG0;
        g1 = startG1;
      }
    }
    at = end;
  }
  return out;
}

function designationAt(
  bytes: Uint8Array,
  at: number,
): { designation: Designation; next: number } | undefined {
  for (const length of [2, 3]) {
    if (at + length > bytes.length) break;
    const designation = designations[String.fromCharCode(...bytes.subarray(at, at + length))];
    if (designation !== undefined) return { designation, next: at + length };
  }
  return undefined;
}

function decodeDoubleByte(run: Uint8Array, set: Designation): string {
  if (set.wrap !== undefined) {
    const [before, after] = set.wrap;
    const wrapped = new Uint8Array(before.length + run.length + after.length);
    wrapped.set(Uint8Array.from(before, (c) => c.charCodeAt(0)));
    wrapped.set(run, before.length);
    wrapped.set(
      Uint8Array.from(after, (c) => c.charCodeAt(0)),
      before.length + run.length,
    );
    return decoderFor(set.label).decode(wrapped);
  }
  // JIS X 0212 in EUC-JP is 8F and the two bytes with their high bits set.
  const euc = new Uint8Array(Math.floor(run.length / 2) * 3);
  for (let i = 0, j = 0; i + 1 < run.length; i += 2) {
    euc[j++] = 0x8f;
    euc[j++] = run[i]! | 0x80;
    euc[j++] = run[i + 1]! | 0x80;
  }
  return decoderFor(set.label).decode(euc);
}

function isDelimiter(byte: number, vr: string): boolean {
  if (byte === 0x0a || byte === 0x0c || byte === 0x0d || byte === 0x09) return true;
  if (byte === 0x5c) return vr !== 'ST' && vr !== 'LT' && vr !== 'UT';
  return vr === 'PN' && (byte === 0x5e || byte === 0x3d);
}
