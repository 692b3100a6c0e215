/** The part of Markdown that our own user guide uses, as a tree; what is not known stays text. */
export type Inline =
  | { readonly type: 'text' | 'code' | 'strong' | 'emphasis'; readonly text: string }
  | { readonly type: 'link'; readonly text: string; readonly href: string };

export type Block =
  | { readonly type: 'heading'; readonly level: number; readonly text: string }
  | { readonly type: 'paragraph'; readonly text: string }
  | { readonly type: 'code'; readonly text: string }
  | { readonly type: 'list'; readonly ordered: boolean; readonly items: readonly string[] }
  | {
      readonly type: 'table';
      readonly head: readonly string[];
      readonly rows: readonly (readonly string[])[];
    };

const bullet = /^(?:[-*]|\d+\.)\s+/;

function cells(line: string): string[] {
  return line
    .replace(/^\||\|$/g, '')
    .split('|')
    .map((cell) => cell.trim());
}

/** Blocks in their order. */
export function parseMarkdown(source: string): Block[] {
  const blocks: Block[] = [];
  const lines = source.split(/\r?\n/);
  let i = 0;
  const take = (test: (line: string) => boolean): string[] => {
    const taken: string[] = [];
    while (i < lines.length && test(lines[i]!)) taken.push(lines[i++]!);
    return taken;
  };
  while (i < lines.length) {
    const line = lines[i]!;
    const heading = /^(#{1,6})\s+(.*)$/.exec(line);
    if (line.trim() === '') i++;
    else if (heading !== null) {
      blocks.push({ type: 'heading', level: heading[1]!.length, text: heading[2]! });
      i++;
    } else if (line.startsWith('```')) {
      i++;
      blocks.push({ type: 'code', text: take((next) => !next.startsWith('```')).join('\n') });
      i++;
    } else if (line.startsWith('|')) {
      const [head, , ...rows] = take((next) => next.startsWith('|')).map(cells);
      blocks.push({ type: 'table', head: head ?? [], rows });
    } else if (bullet.test(line)) {
      const ordered = /^\d/.test(line);
      const items: string[] = [];
      for (const next of take((one) => bullet.test(one) || /^\s+\S/.test(one))) {
        if (bullet.test(next)) items.push(next.replace(bullet, ''));
        else items.push(`${items.pop() ?? ''} ${next.trim()}`);
      }
      blocks.push({ type: 'list', ordered, items });
    } else {
      const isText = (next: string) =>
        next.trim() !== '' && !/^(#{1,6}\s|```|\|)/.test(next) && !bullet.test(next);
      blocks.push({ type: 'paragraph', text: take(isText).join(' ') });
    }
  }
  return blocks;
}

const inline = /`([^`]+)`|\*\*([^*]+)\*\*|\*([^*]+)\*|\[([^\]]+)\]\(([^)]+)\)/g;

/** Code, emphasis and links inside a line. */
export function parseInline(text: string): Inline[] {
  const parts: Inline[] = [];
  let end = 0;
  for (const match of text.matchAll(inline)) {
    if (match.index > end) parts.push({ type: 'text', text: text.slice(end, match.index) });
    const [whole, code, strong, emphasis, label, href] = match;
    if (code !== undefined) parts.push({ type: 'code', text: code });
    else if (strong !== undefined) parts.push({ type: 'strong', text: strong });
    else if (emphasis !== undefined) parts.push({ type: 'emphasis', text: emphasis });
    else parts.push({ type: 'link', text: label ?? '', href: href ?? '' });
    end = match.index + whole.length;
  }
  if (end < text.length) parts.push({ type: 'text', text: text.slice(end) });
  return parts;
}
