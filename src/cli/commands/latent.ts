import { GantryError } from '../../base/errors.ts';
import {
  allLeftOut,
  drawSequence,
  exportSequence,
  type LatentOptions,
  makeSequence,
  release,
  resemblance,
  type Sequence,
  writeLatent,
} from '../../studio/latent/index.ts';
import { openForReading } from '../../studio/open.ts';
import type { CommandContext } from '../context.ts';
import { latentAsked } from '../latentAsked.ts';
import { bar, counted } from '../output.ts';
import { needed, number, type Parsed, text } from '../parse.ts';
import { formatAsked, labelsAsked } from '../slicesAsked.ts';

/** `gantry latent ACTION`: slices that are neighbours in a run's latent space, exported or drawn. */
export async function latentCommand(parsed: Parsed, { out, signal }: CommandContext): Promise<void> {
  const request = latentAsked(parsed);
  const [outDir, sheet, save] = [text(parsed, 'out'), text(parsed, 'sheet'), text(parsed, 'save')];
  if (outDir === undefined && sheet === undefined && save === undefined) {
    throw new GantryError('USAGE', 'Say where the slices go: --out DIR, --sheet FILE, or both.');
  }
  if (sheet !== undefined && !/\.png$/i.test(sheet)) {
    throw new GantryError('USAGE', 'A sheet is a PNG file; give --sheet a name that ends in .png.');
  }
  const options: LatentOptions = {
    run: needed(parsed, 'run'),
    request,
    labels: labelsAsked(parsed),
    truncation: number(parsed, 'truncation'),
    checkpoint: text(parsed, 'checkpoint'),
  };
  using ws = openForReading(needed(parsed, 'workspace'));
  const sequence = await makeSequence(ws, options, {
    signal,
    onProgress: (done, total) => out.progress({ done, total }, `${bar(done / total)} ${done} of ${total}`),
  });
  const { projected, kind, frames } = sequence;
  const released = await release(ws, sequence, parsed.values['keep-near-copies'] === true, signal);
  const { copies, kept } = released;
  if (save !== undefined && projected !== null) {
    writeLatent(save, projected.found);
  }
  // A projection is drawn beside the real slice itself; elsewhere nothing is left to draw.
  if (sheet !== undefined && (kept.some(Boolean) || kind === 'projection')) {
    drawSequence(ws, sequence, released, options, sheet);
  }
  const isNothingLeft = !kept.some(Boolean);
  if (isNothingLeft && outDir === undefined && kind !== 'projection') {
    throw new GantryError('NO_INPUT', allLeftOut(sequence));
  }
  const written =
    outDir === undefined
      ? null
      : await exportSequence(
          ws,
          sequence,
          released,
          options,
          { format: formatAsked(parsed), outDir, intensityFrom: text(parsed, 'intensity-from') },
          signal,
        );
  const notice = resemblance(sequence);
  const told =
    copies.unchecked !== null
      ? `Not checked for near-copies: ${copies.unchecked}.`
      : `${copies.leftOut} near-copies of real slices were left out (${copies.searched} were searched).`;
  out.done(
    {
      kind,
      frames: frames.map(({ text: how, labels }) => ({ text: how, ...(labels ? { labels } : {}) })),
      files: written?.files ?? [],
      manifest: written?.manifest ?? null,
      sheet: sheet ?? null,
      nearCopiesLeftOut: copies.leftOut,
      searched: copies.searched,
      unchecked: copies.unchecked,
      notice,
      ...(projected === null ? {} : { projection: figuresOf(sequence, save) }),
    },
    [
      ...(written === null
        ? []
        : [`${written.files.length} files and ${written.manifest}. Every one says that it is synthetic.`]),
      ...(sheet === undefined ? [] : [`${sheet}: ${counted(frames.length, 'slice')}.`]),
      ...projectionLines(sequence),
      told,
      ...(notice === null ? [] : [notice]),
    ].join('\n'),
  );
}

function figuresOf({ projected }: Sequence, saved: string | undefined) {
  const { target, rmse, curve, ends, found } = projected!;
  const { slice, side, nearest } = target;
  return {
    slice,
    side,
    space: found.space,
    rmse,
    nearestTraining: nearest === null ? null : { slice: nearest.slice, rmse: nearest.rmse },
    curve,
    ends,
    saved: saved ?? null,
  };
}

function projectionLines({ projected }: Sequence): string[] {
  if (projected === null) return [];
  const { target, rmse } = projected;
  const { nearest } = target;
  const than =
    nearest === null
      ? ''
      : `; the nearest training slice of another subject, ${nearest.slice}: ${nearest.rmse.toFixed(3)}`;
  return [`Root mean squared difference to slice ${target.slice}, of -1 .. +1: ${rmse.toFixed(3)}${than}.`];
}
