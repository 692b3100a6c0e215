import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** Which of the texts occur in any file or file name below `dir`, as UTF-8 or UTF-16. */
export function searchFor(dir: string, texts: readonly string[]): string[] {
  const found = new Set<string>();
  for (const name of readdirSync(dir, { recursive: true, encoding: 'utf8' })) {
    const path = join(dir, name);
    if (!existsSync(path) || !statSync(path).isFile()) continue;
    const bytes = readFileSync(path);
    for (const text of texts) {
      if (name.includes(text) || bytes.includes(text) || bytes.includes(Buffer.from(text, 'utf16le')))
        found.add(text);
    }
  }
  return [...found];
}
