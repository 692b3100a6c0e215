import { contactSheet } from '../../exporting/index.ts';
import { type Workspace, writeFileAtomic } from '../../workspace/index.ts';
import { isSynthetic } from '../generate/sheet.ts';
import type { Released } from './export.ts';
import type { LatentOptions, Sequence } from './types.ts';

/** Frames side by side. */
const mostColumns = 9;
const mostFrames = 144;

/** What a sheet's caption says of the wish. */
function title({ request }: LatentOptions, { frames, kind, projected }: Sequence): string {
  const ends = `first: ${frames[0]!.text}; last: ${frames.at(-1)!.text}`;
  if (kind === 'projection') {
    const seen = projected?.target.side === 'train' ? 'SEEN IN TRAINING' : 'held out of the training';
    return `Left: real slice ${projected?.target.slice}, ${seen}, then the training slice of another subject that is nearest to it. Right: the projection.`;
  }
  return request.type === 'near' ? frames[0]!.text.replace(/^neighbour 1 of (\d+)/, '$1 neighbours') : ends;
}

function figures({ projected }: Sequence): string[] {
  if (projected === null) return [];
  const { rmse, target, found } = projected;
  const nearest =
    target.nearest === null ? '' : `; of the nearest training slice ${target.nearest.rmse.toFixed(3)}`;
  return [
    `Root mean squared difference to the real slice (of -1 .. +1): of the projection ${rmse.toFixed(3)}${nearest}. Space ${found.space}, ${found.projection.steps} steps, ${found.projection.starts} starts.`,
  ];
}

/** Draws a sequence in one window; beside a projection, its target and the nearest training slice. */
export function drawSequence(
  ws: Workspace,
  sequence: Sequence,
  { kept, copies }: Released,
  options: LatentOptions,
  file: string,
): void {
  const { frames, size, projected, kind, model } = sequence;
  const { run } = model;
  const real =
    kind === 'projection' && projected !== null
      ? [projected.target.pixels, ...(projected.target.nearest ? [projected.target.nearest.pixels] : [])]
      : null;
  // A projection stands beside the real slice itself; elsewhere a near-copy is left out as in the export.
  const shown = real === null ? frames.filter((_, i) => kept[i]) : frames;
  const cut =
    options.truncation !== undefined && projected === null ? `, truncation ${options.truncation}` : '';
  const png = contactSheet({
    real,
    synthetic: shown.map(({ pixels }) => pixels),
    size,
    columns: Math.min(mostColumns, Math.max(real?.length ?? 1, shown.length)),
    most: mostFrames,
    ...(real === null ? {} : { enlargement: Math.max(1, Math.round(256 / size)) }),
    ...(real !== null && isSynthetic(ws, run.dataset) ? { realName: 'DATASET (NOT REAL)' } : {}),
    caption: [
      title(options, sequence),
      ...figures(sequence),
      `${run.id}, preset ${run.preset}, ${size} px, ${model.images} images seen${cut}`,
      ...(copies.leftOut > 0 && real === null ? [`Near-copies left out: ${copies.leftOut}.`] : []),
    ],
  });
  writeFileAtomic(file, png);
}
