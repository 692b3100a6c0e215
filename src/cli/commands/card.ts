import { type CardTexts, cardTextNames } from '../../base/cardTexts.ts';
import { stateCardTexts } from '../../studio/evaluate/stated.ts';
import { openForReading } from '../../studio/open.ts';
import type { CommandContext } from '../context.ts';
import { needed, type Parsed, text } from '../parse.ts';

const options = {
  intendedUse: 'intended-use',
  forbiddenUse: 'forbidden-use',
  contact: 'contact',
  notes: 'notes',
} as const satisfies Record<keyof CardTexts, string>;

/** `gantry card`: shows what the makers of a run say of it in its model card, or changes what is given. */
export async function cardCommand(parsed: Parsed, { out }: CommandContext): Promise<void> {
  const run = needed(parsed, 'run');
  const changes: Partial<Record<keyof CardTexts, string>> = {};
  for (const name of cardTextNames) {
    const given = text(parsed, options[name]);
    if (given !== undefined) changes[name] = given;
  }
  using ws = openForReading(needed(parsed, 'workspace'));
  const texts = Object.keys(changes).length === 0 ? ws.cardTexts(run) : stateCardTexts(ws, run, changes);
  const lines = cardTextNames.map((name) => `${options[name]}: ${texts[name] || '(not stated)'}`);
  out.done({ run, ...texts }, lines.join('\n'));
}
