import type { ExplorationHead } from '../../contract/index.ts';
import type { Workspace } from '../../workspace/index.ts';
import { exportSequence, makeSequence, release, type Sequence } from '../latent/index.ts';
import { toStored } from './comparison.ts';
import type { Task, TaskOptions, TaskResult } from './task.ts';

/**
 * Makes a sequence in a run's latent space for the screens: its pictures behind a line of JSON, or its export.
 * `found` of the figures is the latent of a projection as JSON. @throws what making and exporting it throw
 */
export async function latentTask(
  ws: Workspace,
  { options, export: wish }: Extract<Task, { type: 'latent' }>,
  { signal, onProgress }: TaskOptions,
): Promise<TaskResult> {
  const sequence = await makeSequence(ws, options, {
    signal,
    onProgress: (done, total) => onProgress?.(done, total, null),
  });
  const { projected, frames } = sequence;
  const found = projected === null ? null : JSON.stringify(projected.found);
  if (wish === null) return { figures: { frames: frames.length, found }, bytes: picturesOf(sequence) };
  const released = await release(ws, sequence, wish.keepNearCopies, signal);
  const { files } = await exportSequence(ws, sequence, released, options, wish, signal);
  const { leftOut, searched, unchecked } = released.copies;
  const written = frames.length - leftOut;
  return { figures: { files: files.length, written, nearCopies: leftOut, searched, unchecked, found } };
}

function picturesOf({ frames, size, projected }: Sequence): Uint8Array<ArrayBuffer> {
  const nearest = projected?.target.nearest ?? null;
  const real = projected === null ? [] : [projected.target.pixels, ...(nearest ? [nearest.pixels] : [])];
  const head: ExplorationHead = {
    size,
    frames: frames.map(({ text, labels }) => ({ text, ...(labels === undefined ? {} : { labels }) })),
    real: real.length,
    projection:
      projected === null
        ? null
        : {
            slice: projected.target.slice,
            side: projected.target.side,
            space: projected.found.space,
            rmse: projected.rmse,
            nearestTraining: nearest === null ? null : { slice: nearest.slice, rmse: nearest.rmse },
            curve: [...projected.curve],
          },
  };
  const line = Buffer.from(`${JSON.stringify(head)}\n`);
  const values = [...frames.map(({ pixels }) => pixels), ...real].map(
    (pixels) => new Uint8Array(toStored(pixels).buffer),
  );
  return new Uint8Array(Buffer.concat([line, ...values]));
}
