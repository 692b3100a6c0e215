import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CardTexts } from '../../base/cardTexts.ts';
import type { Workspace } from '../../workspace/index.ts';
import { cardMarkdown, type ModelCard } from '../evaluate/card.ts';

/** How sentences of a report begin that quote a reader study, up to the first of their own words. */
const quotesStudy =
  /^Reader study "(.*)"(?=, \d+ readers? of \d+ cases: | is not counted: |: \d+ readers? ha)/s;

/**
 * An evaluation's card as it may leave the workspace. What people chose to call a dataset or a reader study may say
 * who was scanned or who read, and an event's text tells of this machine: studies are numbered, events told by kind.
 */
export function outwardCard(card: ModelCard, stated: CardTexts): ModelCard {
  const numbers = new Map<string, number>();
  const called = (name: string) => {
    if (!numbers.has(name)) numbers.set(name, numbers.size + 1);
    return `Reader study ${numbers.get(name)}`;
  };
  const { evaluation, model, data } = card;
  const readerStudies = evaluation.readerStudies.map((study) => ({ ...study, name: called(study.name) }));
  const sentences = (all: readonly string[]) =>
    all
      .map((one) => one.replace(quotesStudy, (_, name: string) => called(name)))
      // Quoted in a way that this version does not know.
      .filter((one) => !one.startsWith('Reader study "'));
  return {
    ...card,
    stated,
    data: { ...data, name: 'not told' },
    model: { ...model, events: model.events.map(({ images, kind }) => ({ images, kind, text: '' })) },
    evaluation: {
      ...evaluation,
      readerStudies,
      findings: sentences(evaluation.findings),
      limits: sentences(evaluation.limits),
    },
  };
}

/** Card of the newest evaluation that the workspace keeps of a run, without names; null where there is none. */
export async function newestEvaluation(ws: Workspace, run: string): Promise<Uint8Array | null> {
  const folder = join(ws.runDir(run), 'evaluations');
  const all = (await readdir(folder).catch(() => [])).sort();
  for (const name of all.reverse()) {
    try {
      const card: ModelCard = JSON.parse(await readFile(join(folder, name, 'model-card.json'), 'utf8'));
      return Buffer.from(cardMarkdown(outwardCard(card, ws.cardTexts(run))));
    } catch {
      // Half made, or of an earlier version that told less: the one before it.
    }
  }
  return null;
}
