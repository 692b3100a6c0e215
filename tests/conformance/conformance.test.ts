import { describe, expect, it } from 'vitest';
import { inspectImage } from '../../src/imaging/index.ts';
import { judge, manifest, readCorpusFile } from './corpus.ts';

const corpus = manifest('conformance');
const mri = manifest('mri');

describe.skipIf(corpus === undefined)('the conformance corpus', () => {
  it('is read as its manifest says, within 5 s a file', async () => {
    const wrong: string[] = [];
    for (const row of corpus!) {
      const outcome = await judge(row);
      if (!outcome.asExpected) wrong.push(`${row.path}: ${outcome.result} ${outcome.why}`);
      if (outcome.milliseconds > 5000) wrong.push(`${row.path}: ${outcome.milliseconds} ms`);
    }
    expect(wrong).toEqual([]);
  }, 240_000);
});

describe.skipIf(mri === undefined)('the MR set', () => {
  it('is exact to the bit (every 20th file; scripts/conformance.ts does all)', async () => {
    for (const row of mri!.filter((_, i) => i % 20 === 0)) {
      const found = await inspectImage(readCorpusFile('mri', row.path!), row.path!);
      expect(found.sha1_16, row.path).toBe(row.px_sha1_16);
    }
  });
});
