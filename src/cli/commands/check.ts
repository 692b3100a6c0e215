import { checkHealth, type HealthView } from '../../studio/check/index.ts';
import { openForReading } from '../../studio/open.ts';
import type { CommandContext } from '../context.ts';
import { bar, counted } from '../output.ts';
import { needed, number, type Parsed, text } from '../parse.ts';

const shownValues = 8;

function figuresText({ dataset, figures: f }: HealthView): string {
  const lines = [
    `${dataset}: ${counted(f.slices, 'slice')} in use (${f.empty} empty, ${f.excluded} excluded) in ${f.series} series.`,
    `  to train on  ${counted(f.trainSubjects, 'subject')}, ${counted(f.trainSlices, 'slice')}`,
    `  held out     ${counted(f.heldOutSubjects, 'subject')}, ${counted(f.heldOutSlices, 'slice')}`,
  ];
  return lines.join('\n');
}

function spreadText({ property, values }: HealthView['spreads'][number]): string {
  const shown = values
    .slice(0, shownValues)
    .map(({ value, slices, subjects }) => `${value} (${slices} of ${counted(subjects, 'subject')})`);
  const more = values.length - shown.length;
  return `  ${property.padEnd(16)}${shown.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

function findingText({ code, severity, message, advice }: HealthView['findings'][number]): string {
  return `${severity}: ${message} [${code}]\n  ${advice}`;
}

/** `gantry check`: a dataset's health, an item for each spread and each finding. */
export async function checkCommand(parsed: Parsed, { out, signal }: CommandContext): Promise<void> {
  using ws = openForReading(needed(parsed, 'workspace'));
  const health = await checkHealth(ws, needed(parsed, 'dataset'), {
    preset: text(parsed, 'preset'),
    size: number(parsed, 'size'),
    signal,
    onProgress: (done, total) =>
      out.progress({ done, total }, `${bar(done / total)} ${done} of ${total} slices`),
  });
  out.item({ kind: 'figures', ...health.figures }, figuresText(health));
  for (const spread of health.spreads) out.item({ kind: 'spread', ...spread }, spreadText(spread));
  for (const finding of health.findings) out.item({ kind: 'finding', ...finding }, findingText(finding));
  const count = (severity: string) => health.findings.filter((f) => f.severity === severity).length;
  const [problems, warnings, notes] = [count('problem'), count('warning'), count('note')];
  out.done(
    { dataset: health.dataset, healthy: health.healthy, problems, warnings, notes },
    health.healthy
      ? 'Nothing stands against training on it.'
      : `${counted(problems, 'problem')}, ${counted(warnings, 'warning')}, ${counted(notes, 'note')}.`,
  );
}
