import { GantryError } from '../../base/errors.ts';
import { type KeptText, keptTexts, type SliceHeader } from '../../imaging/index.ts';
import type { Privacy } from '../../workspace/index.ts';
import { keyedHash } from '../../workspace/secret.ts';

/**
 * What of a person's and a scanner's description an import keeps. The basic profile (PS3.15 table E.1-1) removes
 * all of it; categories are kept by default as its options for patient and device characteristics allow (E.3.6,
 * E.3.4), because bias cannot be measured without them. Dates (E.3.6 of modified temporal information) and text are
 * kept only when they are asked for.
 */
export const defaultPrivacy: Privacy = { categories: true, dates: 'removed', texts: [] };

/** @throws USAGE for a text that cannot be kept */
export function keptTextsOf(list: string): KeptText[] {
  return list.split(',').map((part) => {
    const name = keptTexts.find((text) => text.toLowerCase() === part.trim().toLowerCase());
    if (name !== undefined) return name;
    throw new GantryError('USAGE', `"${part.trim()}" is no text that can be kept.`, {
      action: `Choose of ${keptTexts.join(', ')}.`,
    });
  });
}

/**
 * A dataset keeps the same things from its first import on. @returns what holds now
 * @throws BAD_CONFIG when another choice is asked for than the dataset was begun with
 */
export function settledPrivacy(before: Privacy | undefined, asked: Partial<Privacy>): Privacy {
  const wanted = { ...(before ?? defaultPrivacy), ...asked };
  const normal = { ...wanted, texts: [...new Set(wanted.texts)].sort() };
  const same =
    before === undefined ||
    (normal.categories === before.categories &&
      normal.dates === before.dates &&
      normal.texts.join() === before.texts.join());
  if (same) return normal;
  throw new GantryError(
    'BAD_CONFIG',
    'The dataset was begun with another choice of what is kept of identity.',
    {
      action: 'Leave --no-categories, --dates and --keep-text out, or import into another dataset.',
    },
  );
}

/** Days of a DICOM date since 1900, or undefined for what is no date. */
function dayOf(date: string | undefined): number | undefined {
  const match = date === undefined ? null : /^(\d{4})\.?(\d{2})\.?(\d{2})/.exec(date);
  if (match === null) return undefined;
  const day = Date.UTC(Number(match[1]), Number(match[2]) - 1, Number(match[3])) / 86_400_000;
  return Number.isFinite(day) ? day + 25_567 : undefined;
}

/**
 * Day of a subject's study on a calendar of its own: each subject's days are moved by a secret number of them, up
 * to a century, so that only the distances between the studies of one subject mean anything.
 */
export function studyDay(
  secret: Uint8Array,
  subjectKey: Uint8Array,
  date: string | undefined,
): number | undefined {
  const day = dayOf(date);
  if (day === undefined) return undefined;
  const shift = keyedHash(secret, 'date shift', Buffer.from(subjectKey).toString('hex')).readUInt32LE(0);
  return day + (shift % 36_525);
}

type Attributes = SliceHeader['attributes'];

/** The categories that stay: with `categories` off, none that describes a person or a scanner. */
export function keptAttributes(attributes: Attributes, { categories }: Privacy): Attributes {
  if (categories) return attributes;
  const { sex: _sex, ageBand: _ageBand, manufacturer: _maker, model: _model, ...rest } = attributes;
  const { fieldStrengthT: _field, ...kept } = rest;
  return kept;
}

/** Decoded texts that somebody chose to keep, by their keywords; undefined when there is none. */
export function textsOf(header: SliceHeader, { texts }: Privacy): Record<string, string> | undefined {
  const found = texts.flatMap((name) => {
    const known = keptTexts.find((text) => text === name);
    const value = known === undefined ? undefined : header.identity.text?.(known);
    return value === undefined || value === '' ? [] : [[name, value] as const];
  });
  return found.length === 0 ? undefined : Object.fromEntries(found);
}
