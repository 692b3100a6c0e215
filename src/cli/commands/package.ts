import { openForReading } from '../../studio/open.ts';
import { packageStudy } from '../../studio/package/index.ts';
import type { CommandContext } from '../context.ts';
import { bar } from '../output.ts';
import { needed, number, type Parsed } from '../parse.ts';
import { formatAsked, labelsAsked } from '../slicesAsked.ts';

export async function packageCommand(parsed: Parsed, { out, signal }: CommandContext): Promise<void> {
  using ws = openForReading(needed(parsed, 'workspace'));
  const { out: place, ...result } = await packageStudy(
    ws,
    {
      run: needed(parsed, 'run'),
      count: number(parsed, 'count') ?? 1000,
      seed: number(parsed, 'seed') ?? 1,
      format: formatAsked(parsed),
      labels: labelsAsked(parsed),
      out: needed(parsed, 'out'),
      withReal: parsed.values['with-real-slices'] === true,
      keepNearCopies: parsed.values['keep-near-copies'] === true,
    },
    {
      signal,
      onProgress: (share, stage) => out.progress({ share, stage }, `${bar(share)} ${stage}`),
    },
  );
  out.done(
    { package: place, ...result },
    [
      ...result.findings,
      '',
      `${place}: ${result.slices} synthetic slices in ${result.files} files; ${result.nearCopiesLeftOut} near-copies were left out.`,
    ].join('\n'),
  );
}
