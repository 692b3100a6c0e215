import { type CardTexts, cardTextLimits, cardTextNames, tidyCardText } from '../../base/cardTexts.ts';
import { GantryError } from '../../base/errors.ts';
import type { Workspace } from '../../workspace/index.ts';
import { escaped } from './markup.ts';

/** Names of the texts, as report and card head them. */
const titles: Record<keyof CardTexts, string> = {
  intendedUse: 'Intended use',
  forbiddenUse: 'Not to be used for',
  contact: 'Contact (role)',
  notes: 'Notes',
};
const open = '<!--stated-->';
const close = '<!--/stated-->';
const note = 'In the words of those who made the model; nothing of it was measured.';

/**
 * Keeps what the makers of a run say of it; texts that are left out stay as they were.
 * @returns all four as they stand now
 * @throws NOT_FOUND for the run, BAD_CONFIG for a text that is too long, WORKSPACE_BUSY
 */
export function stateCardTexts(ws: Workspace, run: string, changes: Partial<CardTexts>): CardTexts {
  const texts = { ...ws.cardTexts(run) };
  for (const name of cardTextNames) {
    const change = changes[name];
    if (change === undefined) continue;
    const tidy = tidyCardText(change);
    const most = cardTextLimits[name];
    if (tidy.length > most) {
      throw new GantryError(
        'BAD_CONFIG',
        `"${titles[name]}" has ${tidy.length} letters; a model card takes ${most} there.`,
        { action: 'Shorten it.' },
      );
    }
    texts[name] = tidy;
  }
  const hold = ws.acquireWriter();
  try {
    ws.setCardTexts(run, texts);
  } finally {
    hold.release();
  }
  return texts;
}

/** The texts as a section of the report. */
export function statedHtml(texts: CardTexts): string {
  const rows = cardTextNames.map((name) => {
    const text = texts[name];
    const words =
      text === '' ? '<span class="none">not stated</span>' : escaped(text).replaceAll('\n', '<br>');
    return `<tr><th scope="row">${titles[name]}</th><td>${words}</td></tr>`;
  });
  return `${open}<h2>What its makers say</h2><p>${note}</p><div class="wide"><table><tbody>${rows.join('')}</tbody></table></div>${close}`;
}

/** Text in a line of Markdown. */
export function plainMarkdown(text: string | number): string {
  return String(text)
    .replace(/([|\\`*_<>#[\]])/g, '\\$1')
    .replace(/\s+/g, ' ');
}

/** The texts as a section of the model card, every line quoted. */
export function statedMarkdown(texts: CardTexts): string {
  const parts = cardTextNames.map((name) => {
    const lines = texts[name] === '' ? ['not stated'] : texts[name].split('\n');
    return `**${titles[name]}**\n\n${lines.map((line) => `> ${plainMarkdown(line)}`.trimEnd()).join('\n')}`;
  });
  return `${open}\n## What its makers say\n\n${note}\n\n${parts.join('\n\n')}\n${close}`;
}

/** A report or card that was written earlier, with the texts of today in place of those of then. */
export function withStated(written: string, section: string): string {
  const [from, to] = [written.indexOf(open), written.indexOf(close)];
  return from < 0 || to < from
    ? written
    : written.slice(0, from) + section + written.slice(to + close.length);
}
