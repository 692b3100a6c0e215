import { GantryError } from '../../base/errors.ts';
import { inspectFile } from '../../studio/inspect/index.ts';
import type { CommandContext } from '../context.ts';
import type { Parsed } from '../parse.ts';

/** `gantry inspect FILE…`: an item a file; exit 1 when none could be decoded. */
export async function inspectCommand(parsed: Parsed, { out, signal }: CommandContext): Promise<void> {
  let failed = 0;
  for (const path of parsed.operands) {
    signal.throwIfAborted();
    const item = await inspectFile(path);
    if ('code' in item) {
      failed++;
      out.item({ ...item }, `${path}\n  ${item.code}: ${item.reason}`);
      continue;
    }
    const { kind, transferSyntax, rows, columns, frames, bits, signed, orientation, min, max, mean } = item;
    out.item(
      { ...item },
      [
        path,
        `  ${[kind, transferSyntax, orientation].filter(Boolean).join(', ')}`,
        `  ${columns} x ${rows} x ${frames}, ${bits} bits ${signed ? 'signed' : 'unsigned'}, values ${min} to ${max}, mean ${mean.toPrecision(6)}, ${item.sha1_16}`,
      ].join('\n'),
    );
  }
  const files = parsed.operands.length;
  if (failed === files) {
    throw Object.assign(new GantryError('NOT_AN_IMAGE', `None of the ${files} files could be decoded.`), {
      detail: { files, failed },
    });
  }
  out.done({ files, failed }, failed === 0 ? undefined : `${failed} of ${files} files could not be decoded.`);
}
