import { GantryError } from '../../base/errors.ts';
import { type ExportResult, exportSlices, type SyntheticSlice } from '../../exporting/index.ts';
import type { Workspace } from '../../workspace/index.ts';
import { guardOf } from '../generate/copyGuard.ts';
import { type CopyCheck, intensityOf, provenanceOf } from '../generate/provenance.ts';
import type { LatentOptions, Sequence } from './types.ts';

/** Which frames of a sequence may leave, and what the search for near-copies says. */
export interface Released {
  readonly copies: CopyCheck;
  /** One for every frame: false for a near-copy that is left out. */
  readonly kept: readonly boolean[];
}

/**
 * The quarantine of every export for a sequence: frames that lie as near to a training slice as a copy, or to the real
 * slice that they come from, are left out unless they are to be kept.
 */
export async function release(
  ws: Workspace,
  sequence: Sequence,
  keepNearCopies: boolean,
  signal?: AbortSignal,
): Promise<Released> {
  const { frames, size, projected, model } = sequence;
  const target = projected === null ? undefined : { count: 1, size, values: projected.target.pixels };
  const guard = await guardOf(ws, model.run, keepNearCopies, signal, target);
  if (typeof guard === 'string') {
    return { copies: { leftOut: 0, searched: 0, unchecked: guard }, kept: frames.map(() => true) };
  }
  try {
    const values = new Float32Array(frames.length * size * size);
    frames.forEach(({ pixels }, i) => {
      values.set(pixels, i * size * size);
    });
    const isCopy = await guard.check({ count: frames.length, size, values }, signal);
    return {
      copies: { leftOut: isCopy.filter(Boolean).length, searched: guard.searched, unchecked: null },
      kept: isCopy.map((copy) => !copy),
    };
  } finally {
    await guard.dispose();
  }
}

export interface SequenceExport {
  readonly format: 'dicom' | 'png' | 'nifti';
  readonly outDir: string;
  readonly intensityFrom?: string | undefined;
}

/**
 * Writes the frames that may leave, marked, as `generate` writes its slices.
 * @throws what exportSlices throws; NO_INPUT when no frame is left
 */
export async function exportSequence(
  ws: Workspace,
  sequence: Sequence,
  { copies, kept }: Released,
  options: LatentOptions,
  { format, outDir, intensityFrom }: SequenceExport,
  signal?: AbortSignal,
): Promise<ExportResult> {
  const { frames, kind, seed, size, model } = sequence;
  if (!kept.some(Boolean)) {
    throw new GantryError('NO_INPUT', allLeftOut(sequence), {
      action: 'Export it all the same with --keep-near-copies, and treat it as you treat the scans.',
    });
  }
  // The generator and the wish decide the frames; labels and truncation are part of it.
  // Whether a projection was searched again or remembered makes no other slice.
  const { request } = options;
  const wish = request.type === 'project' ? { ...request, found: undefined } : request;
  const key = JSON.stringify([kind, wish, options.labels ?? null, options.truncation ?? 1]);
  const slices = frames.map(
    ({ pixels, text, labels }, index): SyntheticSlice => ({
      index,
      seed,
      size,
      pixels,
      origin: { kind, key, text },
      ...(labels === undefined ? {} : { labels }),
    }),
  );
  const target = sequence.projected?.target;
  return exportSlices({
    slices: slices.filter((_, i) => kept[i]),
    format,
    outDir,
    provenance: provenanceOf(ws, model, target === undefined ? options.truncation : undefined, copies, 0, {
      madeBy: kind,
      resemblesRealSlice: target?.side ?? null,
    }),
    intensityFrom:
      intensityFrom === undefined ? undefined : intensityOf(ws, model.run.dataset, intensityFrom),
    signal,
  });
}

/** Why nothing is exported. */
export function allLeftOut({ frames, projected }: Sequence): string {
  const which =
    frames.length === 1 ? 'The slice is a near-copy' : `All ${frames.length} slices are near-copies`;
  return `${which} of ${projected === null ? 'training slices' : 'real slices'}.`;
}

/** What must be said of a sequence that comes from a real slice; null for others. */
export function resemblance({ projected, kind }: Sequence): string | null {
  if (projected === null) return null;
  const { side, slice } = projected.target;
  const which =
    side === 'train'
      ? 'a slice that the run was TRAINED on, so that it says nothing of new patients'
      : 'a held-out slice, which the run has not seen';
  const what = kind === 'projection' ? 'The projection is' : 'The slices are';
  return `${what} made to resemble slice ${slice}, ${which}. It is of a real patient: treat what resembles it as you treat the scans.`;
}
