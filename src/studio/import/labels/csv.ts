import { GantryError } from '../../../base/errors.ts';

export interface CsvRow {
  /** Line of the file that the row begins on, from 1. */
  readonly line: number;
  readonly fields: readonly string[];
}

/** UTF-8, or UTF-16 with a byte order mark (Excel's "Unicode text"), or else Windows-1252 (Excel's "CSV"). */
function decodeText(bytes: Uint8Array): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return new TextDecoder('utf-16le').decode(bytes);
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return new TextDecoder('utf-16be').decode(bytes);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder('windows-1252').decode(bytes);
  }
}

/** What separates fields: of comma, semicolon and tab the one that occurs most in the first line, out of quotes. */
function separatorOf(text: string): string {
  const counts = new Map([
    [',', 0],
    [';', 0],
    ['\t', 0],
  ]);
  let quoted = false;
  for (const char of text) {
    if (char === '"') quoted = !quoted;
    else if (!quoted && (char === '\n' || char === '\r')) break;
    else if (!quoted && counts.has(char)) counts.set(char, counts.get(char)! + 1);
  }
  return [...counts].reduce((best, one) => (one[1] > best[1] ? one : best))[0];
}

/**
 * Rows of a table as RFC 4180 has it, with any of `,` `;` and tab between fields, any line end, quotes doubled
 * inside quotes, and Excel's "sep=;" line. Rows without any text are left out.
 * @throws USAGE for quotes that are not closed; the message holds a line number and nothing of the table
 */
export function parseCsv(bytes: Uint8Array): CsvRow[] {
  let text = decodeText(bytes);
  let line = 1;
  let separator: string | undefined;
  const hint = /^sep=(.)\r?\n/.exec(text);
  if (hint !== null) {
    separator = hint[1];
    text = text.slice(hint[0].length);
    line = 2;
  }
  separator ??= separatorOf(text);
  const rows: CsvRow[] = [];
  let fields: string[] = [];
  let field = '';
  let rowLine = line;
  let quoteLine = 0;
  const endRow = () => {
    fields.push(field.trim());
    if (fields.some((one) => one !== '')) rows.push({ line: rowLine, fields });
    fields = [];
    field = '';
  };
  for (let i = 0; i < text.length; i++) {
    const char = text[i]!;
    if (char === '\n') line++;
    if (quoteLine > 0) {
      if (char !== '"') field += char;
      else if (text[i + 1] === '"') {
        field += '"';
        i++;
      } else quoteLine = 0;
    } else if (char === '"' && field.trim() === '') {
      quoteLine = line;
      field = '';
    } else if (char === separator) {
      fields.push(field.trim());
      field = '';
    } else if (char === '\n' || (char === '\r' && text[i + 1] !== '\n')) {
      endRow();
      if (char === '\r') line++;
      rowLine = line;
    } else if (char !== '\r') field += char;
  }
  if (quoteLine > 0) {
    throw new GantryError(
      'USAGE',
      `The table of labels has quotes from line ${quoteLine} on that are not closed.`,
    );
  }
  endRow();
  return rows;
}
