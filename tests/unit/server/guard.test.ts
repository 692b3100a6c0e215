import { describe, expect, it } from 'vitest';
import { isLocalHost, isOwnFetch, isSameOrigin, readCookie, sameSecret } from '../../../src/server/guard.ts';

describe('Host', () => {
  it.each(['127.0.0.1:8080', 'localhost', 'LOCALHOST:1', '[::1]:8080'])('may be %s', (host) =>
    expect(isLocalHost(host)).toBe(true),
  );
  it.each([
    undefined,
    '',
    'evil.example',
    '127.0.0.1.evil.example',
    'localhost.evil.example:8080',
    'evil.example:127.0.0.1',
    '127.0.0.1:8080@evil.example',
    '127.0.0.1:',
    '127.0.0.2',
    '0.0.0.0:8080',
    '127.1',
    '2130706433',
    '[::ffff:127.0.0.1]',
    '127.0.0.1:8080, evil.example',
  ])('may not be %j', (host) => expect(isLocalHost(host)).toBe(false));
});

describe('Origin', () => {
  it('must be the page that the same host gave out', () => {
    expect(isSameOrigin('http://127.0.0.1:8080', '127.0.0.1:8080')).toBe(true);
    for (const origin of [
      undefined,
      'null',
      'http://127.0.0.1:8081',
      'https://127.0.0.1:8080',
      'http://localhost:8080',
      'http://evil.example',
      'http://127.0.0.1:8080.evil.example',
      'file://',
    ]) {
      expect(isSameOrigin(origin, '127.0.0.1:8080'), String(origin)).toBe(false);
    }
    expect(isSameOrigin('http://undefined', undefined)).toBe(false);
  });
});

describe('fetch metadata', () => {
  it('refuses other sites and other ports of this machine', () => {
    expect(['same-origin', 'none', undefined].map(isOwnFetch)).toEqual([true, true, true]);
    expect(['same-site', 'cross-site', ''].map(isOwnFetch)).toEqual([false, false, false]);
  });
});

describe('secrets', () => {
  it('are equal only as a whole', () => {
    expect(sameSecret('abc', 'abc')).toBe(true);
    for (const given of [undefined, null, '', 'ab', 'abcd', 'ABC', 'äbc']) {
      expect(sameSecret(given, 'abc')).toBe(false);
    }
  });

  it('are read from the right cookie', () => {
    expect(readCookie('a=1; gantry-80=x=y; b=2', 'gantry-80')).toBe('x=y');
    expect(readCookie('gantry-8080=x', 'gantry-80')).toBeUndefined();
    expect(readCookie(' gantry-80 = x ', 'gantry-80')).toBe('x');
    expect(readCookie(undefined, 'gantry-80')).toBeUndefined();
  });
});
