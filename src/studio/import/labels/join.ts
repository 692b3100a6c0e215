import { GantryError } from '../../../base/errors.ts';
import type { SliceHeader } from '../../../imaging/index.ts';
import { fileNames, type NamedPlace } from './fileNames.ts';
import type { Labels, LabelTable } from './table.ts';

/** Where labels of an import come from; handed to the workers, where names are known. */
export interface LabelRules {
  readonly table?: LabelTable | undefined;
  /** "folder": the first folder below the given one; "parent": the folder of the file; else a regular expression. */
  readonly from?: string | undefined;
}

/** What a slice gets, and the line of the table that it is from. */
interface Joined {
  readonly labels: Labels | null;
  readonly line: number | undefined;
}

/** @throws USAGE for a pattern that is no regular expression or captures nothing */
export function labelPattern(from: string | undefined): RegExp | undefined {
  if (from === undefined || from === 'folder' || from === 'parent') return undefined;
  let groups: number;
  try {
    groups = (new RegExp(`${from}|`, 'u').exec('')?.length ?? 1) - 1;
  } catch (error) {
    throw new GantryError('USAGE', 'The pattern of labels is not a regular expression.', { cause: error });
  }
  if (groups < 1) {
    throw new GantryError('USAGE', 'The pattern of labels must capture the label in parentheses.', {
      action: 'For example: --label-from "/(?<diagnosis>[^/]+)/[^/]+$"',
    });
  }
  return new RegExp(from, 'u');
}

function pathLabels(place: NamedPlace, from: string | undefined, pattern: RegExp | undefined): Labels {
  if (from === undefined) return {};
  if (pattern !== undefined) {
    const match = pattern.exec(place.relative);
    if (match === null) return {};
    const named = Object.entries(match.groups ?? {}).filter(
      ([, value]) => value !== undefined && value !== '',
    );
    if (named.length > 0) return Object.fromEntries(named);
    return match[1] === undefined || match[1] === '' ? {} : { folder: match[1] };
  }
  const folders = place.relative.split('/').slice(0, -1);
  const folder = (from === 'folder' ? folders[0] : folders.at(-1)) ?? place.given;
  return { folder: folder.replace(/\.zip$/i, '') };
}

/** Gives slices their labels. `subjectNames`: ways in which a table may name the slice's subject. */
export function createLabelJoiner(rules: LabelRules) {
  const { table, from } = rules;
  const pattern = labelPattern(from);
  return (header: SliceHeader, place: NamedPlace, subjectNames: readonly string[]): Joined => {
    const own = pathLabels(place, from, pattern);
    let row: { readonly line: number; readonly labels: Labels } | undefined;
    if (table !== undefined) {
      const { seriesUid } = header.identity;
      const names =
        table.by === 'subject'
          ? subjectNames
          : table.by === 'series' && seriesUid !== undefined
            ? [seriesUid]
            : fileNames(place);
      const name = names.find((one) => table.rows.has(one));
      row = name === undefined ? undefined : table.rows.get(name);
    }
    const labels = { ...own, ...row?.labels };
    return { labels: Object.keys(labels).length === 0 ? null : labels, line: row?.line };
  };
}
