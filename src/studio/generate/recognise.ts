import { GantryError } from '../../base/errors.ts';
import { labelValues, prepareCache, readCache } from '../../dataset/index.ts';
import { contactSheet } from '../../exporting/index.ts';
import { trainClassifier } from '../../metrics/index.ts';
import { type Workspace, writeFileAtomic } from '../../workspace/index.ts';
import { loadModel } from './model.ts';

export interface RecognitionRequest {
  readonly run: string;
  /** Class label of the run; default its first one. */
  readonly label?: string | undefined;
  /** Slices that are generated for every class. */
  readonly perClass: number;
  readonly seed: number;
  readonly checkpoint?: string | undefined;
  /** PNG of one row a class, real beside synthetic. */
  readonly file?: string | undefined;
}

export interface Recognition {
  readonly label: string;
  readonly classes: readonly {
    readonly value: string;
    /** Share of the slices that were asked for as this class and are recognised as it. */
    readonly recognised: number;
    /** Share of real held-out slices of the class that are; null without any. */
    readonly heldOut: number | null;
  }[];
  readonly recognised: number;
  /** Accuracy on real held-out slices; null when the dataset holds none out. */
  readonly heldOut: number | null;
  readonly perClass: number;
}

/** Steps of the classifier. */
const steps = 400;
const columns = 8;

/** Slices of a side with their class, those without the label left out. */
async function labelled(
  ws: Workspace,
  dataset: string,
  size: number,
  side: 'train' | 'heldOut',
  name: string,
  values: readonly string[],
  signal: AbortSignal | undefined,
) {
  const cache = await prepareCache(ws, dataset, { size, side, signal });
  const { bySlice } = labelValues(ws, dataset, [name]);
  const classes = cache.sliceIds.map((id) => values.indexOf(String(bySlice.get(id)?.[0] ?? '')));
  const chosen = classes.flatMap((c, i) => (c < 0 ? [] : [i]));
  return {
    images: { count: chosen.length, size, values: readCache(cache, chosen) },
    labels: chosen.map((i) => classes[i]!),
  };
}

const shareOf = (predicted: readonly number[], wanted: readonly number[], only?: number) => {
  const all = wanted.flatMap((w, i) => (only === undefined || w === only ? [i] : []));
  return all.length === 0 ? null : all.filter((i) => predicted[i] === wanted[i]).length / all.length;
};

/**
 * Asks a conditional run for every class of a label, and a classifier that was trained on the real training slices
 * what it sees; its accuracy on held-out subjects stands beside, because no share can be trusted beyond it.
 * @throws NOT_FOUND, NO_INPUT; BAD_CONFIG for a run without that class label
 */
export async function recognise(
  ws: Workspace,
  request: RecognitionRequest,
  signal?: AbortSignal,
): Promise<Recognition> {
  const model = await loadModel(ws, request.run, request.checkpoint);
  try {
    const { config, run, sampler } = model;
    const known = (config.conditions?.labels ?? []).filter((label) => label.kind === 'class');
    const label = request.label === undefined ? known[0] : known.find(({ name }) => name === request.label);
    if (label === undefined) {
      const names = known.map(({ name }) => name).join(', ') || 'none';
      throw new GantryError('BAD_CONFIG', `${run.id} was not trained with that class label.`, {
        action: `Class labels of the run: ${names}.`,
      });
    }
    const { size } = config;
    const { name, values } = label;
    const train = await labelled(ws, run.dataset, size, 'train', name, values, signal);
    const hasHeldOut = ws.dataset(run.dataset).heldOutSlices > 0;
    const held = hasHeldOut ? await labelled(ws, run.dataset, size, 'heldOut', name, values, signal) : null;
    const { perClass, seed } = request;
    const made = new Float32Array(values.length * perClass * size * size);
    const wanted: number[] = [];
    for (const [c, value] of values.entries()) {
      const some = await sampler.generate(seed, 0, perClass, { [name]: value });
      made.set(
        some.map((v) => Math.min(1, Math.max(-1, v))),
        c * perClass * size * size,
      );
      for (let i = 0; i < perClass; i++) wanted.push(c);
    }
    const classifier = await trainClassifier(train.images, train.labels, {
      classes: values.length,
      seed,
      steps,
      signal,
    });
    const predict = async (images: { count: number; size: number; values: Float32Array }) => [
      ...(await classifier.classify(images)),
    ];
    const seen = await predict({ count: wanted.length, size, values: made });
    const seenHeld = held === null ? [] : await predict(held.images);
    await classifier.dispose();
    if (request.file !== undefined) {
      const pick = (all: Float32Array, i: number) => all.subarray(i * size * size, (i + 1) * size * size);
      const rowsOf = (all: Float32Array, classes: readonly number[]) =>
        values.flatMap((_, c) => {
          const own = classes.flatMap((v, i) => (v === c ? [i] : []));
          return Array.from({ length: columns }, (_, i) => pick(all, own[i % own.length]!));
        });
      const png = contactSheet({
        real: rowsOf(train.images.values, train.labels),
        synthetic: rowsOf(made, wanted),
        size,
        columns,
        most: columns * values.length,
        caption: [
          `${run.id}, ${model.images} images seen; one row a value of ${name}: ${values.join(', ')}`,
          `Seed ${seed}, the same latents in every row; not chosen.`,
        ],
      });
      writeFileAtomic(request.file, png);
    }
    return {
      label: name,
      classes: values.map((value, c) => ({
        value,
        recognised: shareOf(seen, wanted, c) ?? 0,
        heldOut: held === null ? null : shareOf(seenHeld, held.labels, c),
      })),
      recognised: shareOf(seen, wanted) ?? 0,
      heldOut: held === null ? null : shareOf(seenHeld, held.labels),
      perClass,
    };
  } finally {
    await model.sampler.dispose();
  }
}
