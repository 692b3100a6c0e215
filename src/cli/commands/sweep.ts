import { toGantryError } from '../../base/errors.ts';
import { openForWriting } from '../../studio/open.ts';
import { runSweep } from '../../studio/train/index.ts';
import type { CommandContext } from '../context.ts';
import { needed, number, type Parsed, text } from '../parse.ts';
import { reportTraining } from './train.ts';

/** `gantry sweep`: several runs over settings and seeds, one after the other. */
export async function sweepCommand(parsed: Parsed, { out, signal }: CommandContext): Promise<void> {
  using ws = openForWriting(needed(parsed, 'workspace'));
  const name = needed(parsed, 'name');
  const seeds = (text(parsed, 'seeds') ?? '1').split(',').map(Number);
  const complete = await runSweep(
    ws,
    {
      name,
      over: text(parsed, 'over') ?? '',
      seeds,
      random: number(parsed, 'random'),
      training: {
        dataset: needed(parsed, 'dataset'),
        preset: text(parsed, 'preset'),
        size: number(parsed, 'size'),
        images: number(parsed, 'images'),
        minutes: number(parsed, 'minutes'),
        device: text(parsed, 'device'),
      },
    },
    {
      signal,
      train: { onReport: reportTraining(out) },
      onPoint: (index, total, point, state, run) =>
        out.item(
          { index, total, ...point, state, run: run?.id ?? null },
          `${index + 1} of ${total}: ${point.settings || 'as the preset'}, seed ${point.seed}: ${run?.id ?? ''} ${state}`,
        ),
      onFailure: (point, error) => {
        const { code, message } = toGantryError(error);
        out.warning({ code, message: `${point.settings}, seed ${point.seed}: ${message}` });
      },
    },
  );
  const best = complete.map((run) => ({
    run: run.id,
    note: run.note,
    figures: ws.figures(run.id).at(-1)?.figures ?? null,
  }));
  out.done(
    { sweep: name, runs: best },
    best
      .map(
        ({ run, note, figures }) =>
          `${run}  ${note}${figures === null ? '' : `  KID ${figures.kidRand?.toFixed(4)} / ${figures.kidPix?.toFixed(4)}, coverage ${figures.coverage?.toFixed(2)}`}`,
      )
      .join('\n'),
  );
}
