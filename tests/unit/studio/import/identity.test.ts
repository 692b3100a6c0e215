import { describe, expect, it } from 'vitest';
import { isUsablePatientId } from '../../../../src/studio/import/identity.ts';

describe('a Patient ID', () => {
  it('with a number or a name of its own is usable, pseudonyms among them', () => {
    const usable = [
      'ANON001',
      'anon_7',
      'Anonymous-12',
      'PATIENT1',
      'test 3',
      'sub-01',
      '00012',
      'X1',
      'ID42',
      'Ж7',
    ];
    expect(usable.filter((id) => !isUsablePatientId(id))).toEqual([]);
    // A word only begins like one that says nothing.
    expect(['ANONA', 'Nonesuch', 'Testa'].every(isUsablePatientId)).toBe(true);
  });

  it('that anonymisers put for everybody is not', () => {
    const bare = [
      'ANON',
      'anonymous',
      'Anonymised',
      'ANONYMIZED',
      'Anonymous^Anonymous',
      '<anonymous>',
      'unknown',
    ];
    const others = [
      'none',
      'NULL',
      'N/A',
      'na',
      'removed',
      'Anonymous Patient',
      'no id',
      'NOID',
      'xxx',
      '000',
    ];
    const nothing = ['', '  ', '***', undefined];
    expect([...bare, ...others, ...nothing].filter(isUsablePatientId)).toEqual([]);
  });
});
