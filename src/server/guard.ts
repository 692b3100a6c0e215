import { timingSafeEqual } from 'node:crypto';

/**
 * Who may speak to the local server. A page of another origin, a name that was re-bound to 127.0.0.1 and a
 * process without the token are all refused; these are the pure rules, the server applies them in order.
 */

const localNames = new Set(['127.0.0.1', 'localhost', '[::1]']);

/**
 * True when a Host header names this machine. The port is free, because an SSH tunnel changes it; the name
 * is not, because a foreign name that resolves to 127.0.0.1 (DNS rebinding) gives the attacker's page our
 * origin.
 */
export function isLocalHost(host: string | undefined): boolean {
  const match = /^(127\.0\.0\.1|localhost|\[::1\])(?::\d{1,5})?$/i.exec(host ?? '');
  return match !== null && localNames.has(match[1]!.toLowerCase());
}

/** True when the Origin header is the page that this server itself gave out. Browsers cannot forge it. */
export function isSameOrigin(origin: string | undefined, host: string | undefined): boolean {
  return (
    origin !== undefined && host !== undefined && origin.toLowerCase() === `http://${host.toLowerCase()}`
  );
}

/** Fetch metadata of a request that our own page made, or that the user typed or opened from a terminal. */
export function isOwnFetch(site: string | undefined): boolean {
  return site === undefined || site === 'same-origin' || site === 'none';
}

/** Compares secrets without telling by time how many characters agree. */
export function sameSecret(given: string | null | undefined, wanted: string): boolean {
  if (given === null || given === undefined) return false;
  const left = Buffer.from(given);
  const right = Buffer.from(wanted);
  return left.length === right.length && timingSafeEqual(left, right);
}

/** The value of one cookie, or undefined. */
export function readCookie(header: string | undefined, name: string): string | undefined {
  for (const part of (header ?? '').split(';')) {
    const at = part.indexOf('=');
    if (at > 0 && part.slice(0, at).trim() === name) return part.slice(at + 1).trim();
  }
  return undefined;
}
