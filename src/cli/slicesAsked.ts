import { GantryError } from '../base/errors.ts';
import type { LabelRequest } from '../studio/generate/index.ts';
import { type Parsed, text } from './parse.ts';
import { sliceFormats } from './table/shared.ts';

/** `--label sex=F,age=64` and `--labels balanced|as-data`. @throws USAGE */
export function labelsAsked(parsed: Parsed): LabelRequest | undefined {
  const [label, labels] = [text(parsed, 'label'), text(parsed, 'labels')];
  if (label === undefined) return labels === 'balanced' || labels === 'as-data' ? labels : undefined;
  if (labels !== undefined) throw new GantryError('USAGE', 'Give --label or --labels, not both.');
  return Object.fromEntries(
    label.split(',').map((one) => {
      const [, name, value] = /^\s*([^=]+?)\s*=\s*(.+?)\s*$/.exec(one) ?? [];
      if (name === undefined || value === undefined) {
        throw new GantryError('USAGE', `"${one}" is no label.`, { action: 'Write --label NAME=VALUE' });
      }
      return [name, value];
    }),
  );
}

/** `--format dicom|png|nifti`, checked by the parser; default DICOM. */
export function formatAsked(parsed: Parsed): (typeof sliceFormats)[number] {
  return sliceFormats.find((format) => format === text(parsed, 'format')) ?? 'dicom';
}
