import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { z } from 'zod';
import type { Field, Item } from '../unit/imaging/build.ts';

/**
 * Attributes of PS3.6 whose values can hold a text, a date, an identifier or a number of a person, by VR and group
 * (edition 2022, retired ones too, one group of the repeating ones): all of PS3.15 table E.1-1 and more.
 */
const dictionary = z
  .record(z.string(), z.record(z.string(), z.string()))
  .parse(JSON.parse(readFileSync(resolve(import.meta.dirname, 'dicomDictionary.json'), 'utf8')));

/** What makes an MR image, and what an import keeps on purpose: docs/deidentification.md. */
const given = new Map<number, string>([
  [0x00080005, 'ISO_IR 100'],
  [0x00080008, 'ORIGINAL\\PRIMARY'],
  [0x00080016, '1.2.840.10008.5.1.4.1.1.4'],
  [0x00080060, 'MR'],
  [0x00081090, 'Skyra'],
  [0x00089209, 'T1'],
  [0x00100040, 'F'],
  [0x00101010, '041Y'],
  [0x00180015, 'BRAIN'],
  [0x00180020, 'SE'],
  [0x00180021, 'SK'],
  [0x00180050, '2'],
  [0x00180080, '500'],
  [0x00180081, '10'],
  [0x00180082, '0'],
  [0x00180087, '3'],
  [0x00200012, '1'],
  [0x00200013, '1'],
  [0x00200032, '0\\0\\0'],
  [0x00200037, '1\\0\\0\\0\\1\\0'],
  [0x00200060, 'R'],
  [0x00200062, 'R'],
  [0x00209072, 'R'],
  [0x00280004, 'MONOCHROME2'],
  [0x00280030, '1\\1'],
  [0x00281050, '500'],
  [0x00281051, '1000'],
  [0x00281052, '0'],
  [0x00281053, '1'],
]);
/** Left out: they would make another image of it (frames, tables of values), or an index instead of an image. */
const left = new Set([
  0x00041220, 0x00189082, 0x00189087, 0x00280008, 0x00281201, 0x00281202, 0x00281203, 0x00283000, 0x52009229,
  0x52009230,
]);

const pad = (n: number, digits: number) => String(n).padStart(digits, '0');

/** A value of the VR that no other attribute has, and the texts by which it would be found. */
function mark(vr: string, n: number): { value: Field[2]; texts: string[] } {
  const one = (text: string) => ({ value: text, texts: [text] });
  switch (vr) {
    case 'CS':
      return one(`ZQ${pad(n, 4)}XK`);
    case 'PN':
      return { value: `Zq${pad(n, 4)}Xk^Vq${pad(n, 4)}Jw`, texts: [`Zq${pad(n, 4)}Xk`, `Vq${pad(n, 4)}Jw`] };
    case 'UI':
      return one(`1.2.826.0.77.${n}.1`);
    case 'DA':
      return one(`${1100 + (n % 700)}${pad(1 + (n % 12), 2)}${pad(1 + (n % 28), 2)}`);
    case 'TM':
      return one(`1${n % 10}2741.${pad(n, 5)}7`);
    case 'DT':
      return one(`12${pad(n % 100, 2)}0731${pad(n % 24, 2)}2741.${pad(n, 5)}7`);
    case 'DS':
      return one(`7.${pad(n, 5)}731`);
    case 'IS':
      return one(`${731_000_000 + n}`);
    case 'FD':
    case 'FL':
      return { value: [7.3 + n / 65_536], texts: [String(7.3 + n / 65_536)] };
    default:
      return one(`Zq${pad(n, 4)}Xk`);
  }
}

export interface Marked {
  readonly fields: Item;
  /** Every text that must not be found, with where it stands. */
  readonly texts: ReadonlyMap<string, string>;
}

/** All attributes at once; sequences hold an item with a name, an identifier and a text of their own. */
export function everyAttribute(): Marked {
  const texts = new Map<string, string>();
  let n = 0;
  const marked = (tag: number, vr: string): Field => {
    const { value, texts: own } = mark(vr, ++n);
    for (const text of own) texts.set(text, `(${tag.toString(16).padStart(8, '0')}) ${vr}`);
    const bytes = vr.startsWith('O') || vr === 'UN';
    return [tag, vr, bytes ? Buffer.from(String(value)) : value];
  };
  const item = () => [marked(0x00080104, 'LO'), marked(0x00081155, 'UI'), marked(0x00100010, 'PN')];
  const fields: Field[] = [];
  for (const [vr, groups] of Object.entries(dictionary)) {
    for (const [group, elements] of Object.entries(groups)) {
      for (const element of elements.split(' ')) {
        const tag = Number.parseInt(group + element, 16);
        const fixed = given.get(tag);
        if (left.has(tag)) continue;
        if (fixed !== undefined) fields.push([tag, vr, fixed]);
        else if (vr === 'SQ') fields.push([tag, vr, [item()]]);
        // Found by its maker's word, and the rest of the text dropped.
        else if (tag === 0x00080070) {
          texts.set('Zq0000Xk', 'behind the maker');
          fields.push([tag, vr, 'SIEMENS Zq0000Xk']);
        } else fields.push(marked(tag, vr));
      }
    }
  }
  // Private attributes, one of them a sequence.
  fields.push([0x00290010, 'LO', 'Zq9998Xk'], marked(0x00291001, 'LO'), [0x00291002, 'SQ', [item()]]);
  texts.set('Zq9998Xk', 'private creator');
  return { fields: fields.sort(([a], [b]) => a - b), texts };
}
