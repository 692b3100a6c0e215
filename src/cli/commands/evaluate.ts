import { delimiter, join } from 'node:path';
import { GantryError } from '../../base/errors.ts';
import { type EvaluationSource, evaluate } from '../../studio/evaluate/index.ts';
import { openForReading } from '../../studio/open.ts';
import type { CommandContext } from '../context.ts';
import { bar } from '../output.ts';
import { needed, number, type Parsed, text } from '../parse.ts';
import { labelsAsked } from '../slicesAsked.ts';

function sourceOf(parsed: Parsed): EvaluationSource {
  const [run, dataset, folder] = [text(parsed, 'run'), text(parsed, 'dataset'), text(parsed, 'synthetic')];
  if (run !== undefined && folder === undefined) {
    return { run, count: number(parsed, 'count') ?? 1000, labels: labelsAsked(parsed), dataset };
  }
  if (run === undefined && dataset !== undefined && folder !== undefined) {
    if (labelsAsked(parsed) !== undefined) {
      throw new GantryError('USAGE', 'A folder of slices cannot be asked for labels: they go with --run.');
    }
    return { dataset, folder, size: number(parsed, 'size') };
  }
  throw new GantryError(
    'USAGE',
    'Give --run (with --dataset for one that was imported), or --dataset with --synthetic.',
    {
      action: 'See `gantry evaluate --help`.',
    },
  );
}

export async function evaluateCommand(parsed: Parsed, { out, signal }: CommandContext): Promise<void> {
  const source = sourceOf(parsed);
  const dir = needed(parsed, 'workspace');
  using ws = openForReading(dir);
  const name = 'run' in source ? source.run : source.dataset;
  const { report, html, json, card } = await evaluate(
    ws,
    {
      source,
      seed: number(parsed, 'seed') ?? 1,
      outDir: text(parsed, 'out') ?? join('evaluation', name),
      features: text(parsed, 'features')?.split(delimiter),
    },
    {
      signal,
      onProgress: (share, stage) => out.progress({ share, stage }, `${bar(share)} ${stage}`),
    },
  );
  const { findings, limits, figures, copying, utility } = report;
  out.done(
    {
      html,
      report: json,
      ...(card === undefined ? {} : { modelCard: card.markdown }),
      compared: report.settings.compared,
      findings,
      limits,
      figures,
      nearCopies: copying?.nearCopies.length ?? null,
      judged: copying?.judged ?? null,
      utility,
    },
    [...findings, ...limits.map((limit) => `Note: ${limit}`), '', html].join('\n'),
  );
}
