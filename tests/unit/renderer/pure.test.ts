import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  draggedWindow,
  fullRange,
  parseComparison,
  toGreyWindow,
  wholeWindow,
} from '../../../renderer/lib/comparison.ts';
import { formatBytes } from '../../../renderer/lib/format.ts';
import { parseInline, parseMarkdown } from '../../../renderer/lib/markdown.ts';
import { datasetNameOf } from '../../../renderer/lib/upload.ts';
import { windowToGrey } from '../../../src/display/window.ts';
import { checkDatasetName } from '../../../src/workspace/index.ts';

describe('the comparison', () => {
  const answer = (head: object, values: number[]) => {
    const text = Buffer.from(`${JSON.stringify(head)}\n`);
    const bytes = Buffer.concat([text, Buffer.from(Uint16Array.from(values).buffer)]);
    return bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer;
  };

  it('is cut into slices, the real ones first, wherever the values begin', () => {
    for (const images of [1, 10]) {
      const parsed = parseComparison(answer({ size: 1, real: 2, synthetic: 1, images }, [1, 2, 65535]));
      expect(parsed.real.map((slice) => [...slice])).toEqual([[1], [2]]);
      expect(parsed.synthetic.map((slice) => [...slice])).toEqual([[65535]]);
    }
  });

  it('is refused when it is not whole', () => {
    const head = { size: 1, real: 2, synthetic: 1 };
    expect(() => parseComparison(answer(head, [1, 2]))).toThrow();
    expect(() => parseComparison(answer({ ...head, size: -1 }, [1, 2, 3]))).toThrow();
    expect(() => parseComparison(answer({}, []))).toThrow();
    expect(() => parseComparison(new ArrayBuffer(4))).toThrow();
  });

  it('shows the whole range from black to white, and moves as a viewer does', () => {
    expect([...windowToGrey([0, fullRange], toGreyWindow(wholeWindow))]).toEqual([0, 255]);
    expect(draggedWindow(wholeWindow, 40, 0)).toEqual({ centre: 50, width: 110 });
    expect(draggedWindow(wholeWindow, 0, -40)).toEqual({ centre: 40, width: 100 });
    expect(draggedWindow(wholeWindow, -9999, 9999)).toEqual({ centre: 100, width: 1 });
  });
});

describe('names and sizes', () => {
  it.each(['scans', 'Study 7 (2026)', 'brain.nii.gz', '患者 A', '..hidden', '---', '', 'x'.repeat(200)])(
    'make a dataset’s name of %j that the studio takes',
    (name) => expect(() => checkDatasetName(datasetNameOf(name))).not.toThrow(),
  );

  it('are written in decimal units', () => {
    expect([0, 999, 1000, 1_234_567, 512e6, 3e12].map((bytes) => formatBytes(bytes, 'en'))).toEqual([
      '0 B',
      '999 B',
      '1 kB',
      '1.2 MB',
      '512 MB',
      '3 TB',
    ]);
  });
});

describe('the help', () => {
  it('reads what the user guide is written in', () => {
    const blocks = parseMarkdown(
      '# A\n\nOne\ntwo `x`\n\n- a\n  b\n- c\n\n```sh\n# no\n```\n| h | i |\n|---|---|\n| 1 | 2 |\n',
    );
    expect(blocks).toEqual([
      { type: 'heading', level: 1, text: 'A' },
      { type: 'paragraph', text: 'One two `x`' },
      { type: 'list', ordered: false, items: ['a b', 'c'] },
      { type: 'code', text: '# no' },
      { type: 'table', head: ['h', 'i'], rows: [['1', '2']] },
    ]);
    expect(parseInline('a `b` **c** [d](e.md)')).toEqual([
      { type: 'text', text: 'a ' },
      { type: 'code', text: 'b' },
      { type: 'text', text: ' ' },
      { type: 'strong', text: 'c' },
      { type: 'text', text: ' ' },
      { type: 'link', text: 'd', href: 'e.md' },
    ]);
  });

  const guideOf = (name: string) => readFileSync(join(import.meta.dirname, '../../../docs', name), 'utf8');

  it.each(['user-guide.md', 'user-guide.ja.md'])('loses no word of %s', (name) => {
    const guide = guideOf(name);
    const words = (text: string) => text.match(/[\p{L}\p{N}]+/gu) ?? [];
    const shown = parseMarkdown(guide).flatMap((block) =>
      block.type === 'list'
        ? block.items.flatMap(words)
        : block.type === 'table'
          ? [...block.head, ...block.rows.flat()].flatMap(words)
          : words(block.text),
    );
    const written = words(guide.replace(/^```\w+$/gm, '```').replace(/^\d+\. /gm, ''));
    expect(shown.length).toBe(written.length);
  });

  it('says the same in both languages: headings, paragraphs, tables and commands correspond', () => {
    const outline = (name: string) =>
      parseMarkdown(guideOf(name)).map((block) => {
        if (block.type === 'heading') return `${'#'.repeat(block.level)}`;
        if (block.type === 'code') return block.text;
        if (block.type === 'table') return `table of ${block.rows.map(([key]) => key).join(' ')}`;
        if (block.type === 'list') return `list of ${block.items.length}`;
        // What the commands and options of a paragraph are called is the same in every language.
        return [...block.text.matchAll(/`(-[^` =]+|gantry [^`]+)/g)].map(([, code]) => code).sort();
      });
    expect(outline('user-guide.ja.md')).toEqual(outline('user-guide.md'));
  });
});
