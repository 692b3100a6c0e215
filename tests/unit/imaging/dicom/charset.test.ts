import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { decodeText } from '../../../../src/imaging/dicom/charset.ts';
import type { DataSet } from '../../../../src/imaging/dicom/dataset.ts';
import { parseDicom } from '../../../../src/imaging/dicom/part10.ts';
import { tags } from '../../../../src/imaging/dicom/tags.ts';
import { dataRoot, readCorpusFile } from '../../../conformance/corpus.ts';

const bytes = (text: string): Uint8Array => Uint8Array.from(text, (c) => c.charCodeAt(0));

describe('character sets', () => {
  it('decodes the examples of PS3.5 annexes H, I and J', () => {
    // H.3.1: Yamada^Tarou with kanji and hiragana.
    const japanese = 'Yamada^Tarou=\x1b$B;3ED\x1b(B^\x1b$BB@O:\x1b(B=\x1b$B$d$^$@\x1b(B^\x1b$B$?$m$&\x1b(B';
    expect(decodeText(bytes(japanese), ['', 'ISO 2022 IR 87'], 'PN')).toBe(
      'Yamada^Tarou=山田^太郎=やまだ^たろう',
    );
    // I.2: Korean, designated to G1.
    const korean =
      'Hong^Gildong=\x1b$)C\xfb\xf3^\x1b$)C\xd1\xce\xd4\xd7=\x1b$)C\xc8\xab^\x1b$)C\xb1\xe6\xb5\xbf';
    expect(decodeText(bytes(korean), ['', 'ISO 2022 IR 149'], 'PN')).toBe('Hong^Gildong=洪^吉洞=홍^길동');
  });

  it('goes back to the first set at a delimiter', () => {
    const text = '\x1b-F\xc4\xe9^\xc4';
    expect(decodeText(bytes(text), ['ISO 2022 IR 100', 'ISO 2022 IR 126'], 'PN')).toBe('Δι^Ä');
  });

  it('reads common misspellings of the terms, and Latin-1 where there is none', () => {
    expect(decodeText(bytes('\xc3\xa4'), ['ISO IR 192'], 'LO')).toBe('ä');
    expect(decodeText(bytes('\xe4'), ['iso-ir-100'], 'LO')).toBe('ä');
    expect(decodeText(bytes('\xe4'), [], 'LO')).toBe('ä');
  });

  it('reads the 17 names of the corpus exactly', () => {
    const path = join(dataRoot, 'conformance/charsets.json');
    if (!existsSync(path)) {
      process.stderr.write(`SKIPPED: no test data at ${path}.\n`);
      return;
    }
    const expected = JSON.parse(readFileSync(path, 'utf8')) as Record<string, { pn: string }>;
    const found = Object.keys(expected).map((file) => {
      const { dataSet } = parseDicom(readCorpusFile('conformance', file));
      return [file, patientName(dataSet)];
    });
    expect(Object.fromEntries(found)).toEqual(
      Object.fromEntries(Object.entries(expected).map(([file, { pn }]) => [file, pn])),
    );
    expect(found).toHaveLength(17);
  });
});

/** Of the data set, or of an item of a sequence (Requested Procedure Code and the like), whichever first has one. */
function patientName(dataSet: DataSet): string | undefined {
  const own = dataSet.text(tags.patientName);
  if (own !== undefined && own !== '') return own;
  for (const [tag, element] of dataSet.elements) {
    if (element.vr !== 'SQ') continue;
    for (const item of dataSet.items(tag)) {
      const inner = patientName(item);
      if (inner !== undefined) return inner;
    }
  }
  return undefined;
}
