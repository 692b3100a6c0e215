import { describe, expect, it } from 'vitest';
import { Random } from '../../../src/base/random.ts';
import { derivedUid } from '../../../src/exporting/dicom/uid.ts';
import { decimalString, encodeText } from '../../../src/exporting/dicom/values.ts';

describe('decimalString', () => {
  it('fits 16 characters and keeps at least nine digits at any size', () => {
    const random = new Random(1, 'decimals');
    for (let i = 0; i < 2000; i++) {
      const value = random.normal() * 10 ** (random.int(40) - 20);
      const text = decimalString(value);
      expect(text.length).toBeLessThanOrEqual(16);
      expect(text).toMatch(/^-?\d+(\.\d+)?(e[+-]?\d+)?$/i);
      expect(Math.abs(Number(text) / value - 1)).toBeLessThan(1e-8);
    }
    expect(['0', '2048', '-1024', '0.5'].map(Number).map(decimalString)).toEqual([
      '0',
      '2048',
      '-1024',
      '0.5',
    ]);
  });
});

describe('encodeText', () => {
  it('pads to even length, UI with a null and the rest with a space', () => {
    expect(encodeText('x', 'UI', '1.2').toString('latin1')).toBe('1.2\0');
    expect(encodeText('x', 'CS', ['A', 'BC', 'D']).toString('latin1')).toBe('A\\BC\\D');
    expect(encodeText('x', 'LO', 'Zoë').toString('utf8')).toBe('Zoë');
    expect(encodeText('x', 'IS', 123).toString('latin1')).toBe('123 ');
    expect(encodeText('x', 'DA', '').length).toBe(0);
  });

  it('refuses values that their VR does not allow', () => {
    const bad: [Parameters<typeof encodeText>[1], string][] = [
      ['CS', 'lower case'],
      ['CS', 'SEVENTEEN LETTERS'],
      ['LO', 'two\\values'],
      ['LO', 'a\nb'],
      ['UI', '1.02'],
      ['DA', '2026-11-24'],
      ['ST', 'x'.repeat(1025)],
    ];
    for (const [vr, value] of bad) expect(() => encodeText('Keyword', vr, value)).toThrow(/Keyword/);
    expect(encodeText('x', 'LO', 'é'.repeat(64)).length).toBe(128); // characters, not bytes
  });
});

describe('derivedUid', () => {
  it('is a valid UUID-derived UID, a function of its parts', () => {
    for (let i = 0; i < 200; i++) {
      const uid = derivedUid('a', i);
      expect(uid.length).toBeLessThanOrEqual(64);
      const hex = BigInt(uid.slice(5)).toString(16).padStart(32, '0');
      expect(hex[12]).toBe('8'); // RFC 9562: version
      expect('89ab').toContain(hex[16]); // and variant
    }
    expect(derivedUid('a', 1)).toBe(derivedUid('a', 1));
    expect(derivedUid('a1')).not.toBe(derivedUid('a', 1));
  });
});
