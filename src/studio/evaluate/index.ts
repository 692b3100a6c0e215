import { join } from 'node:path';
import { GantryError } from '../../base/errors.ts';
import { appVersion } from '../../base/runtime.ts';
import {
  anchorNames,
  chooseImages,
  chooseRows,
  drawIndices,
  type Images,
  type Matrix,
  makeAnchor,
  nearestDistances,
  plausibility,
} from '../../metrics/index.ts';
import { type Workspace, writeFileAtomic } from '../../workspace/index.ts';
import { cardMarkdown, modelCard } from './card.ts';
import { judgeCopying } from './copying.ts';
import { type Features, featuresOf, spaceNames } from './features.ts';
import { findingsOf } from './findings.ts';
import { reportHtml } from './html.ts';
import { type Figures, Judge, type Judged, stepsOfMeasure } from './judge.ts';
import { partOf, type RealSet, readReal } from './real.ts';
import type { Copying, Figure, Plausible, Report, SetName, Subgroup } from './report.ts';
import { groupings, judgeSubgroups } from './subgroups.ts';
import { type SyntheticSet, syntheticOfFolder, syntheticOfRun } from './synthetic.ts';

export type EvaluationSource =
  | { readonly run: string; readonly count: number }
  | { readonly dataset: string; readonly folder: string; readonly size?: number | undefined };

export interface EvaluationRequest {
  readonly source: EvaluationSource;
  readonly seed: number;
  /** Folder for report.json and report.html. */
  readonly outDir: string;
}

export interface EvaluationOptions {
  readonly signal?: AbortSignal | undefined;
  /** `share` of the whole, 0 .. 1. */
  readonly onProgress?: ((share: number, stage: string) => void) | undefined;
}

export interface EvaluationResult {
  readonly report: Report;
  readonly html: string;
  readonly json: string;
  /** The model card, in Markdown and as JSON: for a run only. */
  readonly card?: { readonly markdown: string; readonly json: string };
}

/** Below this many slices on a side, distances between sets are chance. */
const fewestSlices = 50;
/** Slices a side that sets are compared with. */
const mostCompared = 2000;
const defaultSize = 64;
/** The space in which nearness and coverage are told: it knows where things are. */
const placeSpace = 'pixels and gradients';

/**
 * Judges synthetic slices against the real ones of a dataset: fidelity, variety, copying, subgroups, plausibility.
 * Equal requests give equal numbers. Writes report.json and report.html,
 * and for a run model-card.md and model-card.json.
 * @throws NOT_FOUND, NO_INPUT, DATASET_TOO_SMALL, NOT_FINITE, CANCELLED, DISK_FULL
 */
export async function evaluate(
  ws: Workspace,
  request: EvaluationRequest,
  options: EvaluationOptions = {},
): Promise<EvaluationResult> {
  const { source, seed } = request;
  const { signal } = options;
  const stages = stagesOf(options.onProgress);
  const dataset = 'run' in source ? ws.run(source.run).dataset : source.dataset;
  const size = 'run' in source ? ws.run(source.run).size : (source.size ?? defaultSize);
  if (size < 16 || (size & (size - 1)) !== 0) {
    throw new GantryError('BAD_SIZE', `Slices of ${size} pixels cannot be evaluated.`, {
      action: 'Use a power of two from 16 on.',
    });
  }
  const record = ws.dataset(dataset);
  stages.next('Real slices', 0.05);
  const train = await readReal(ws, dataset, 'train', { size, seed, signal });
  const heldOut =
    record.heldOutSlices > 0 ? await readReal(ws, dataset, 'heldOut', { size, seed, signal }) : undefined;
  stages.next('Synthetic slices', 0.1);
  const synthetic =
    'run' in source
      ? await syntheticOfRun(ws, { ...source, seed }, signal, (done) => stages.within(done / source.count))
      : await syntheticOfFolder(source.folder, size, signal, (done, total) => stages.within(done / total));
  const limits = [...synthetic.limits];
  const context: Context = { ws, dataset, train, heldOut, synthetic, seed, signal, stages, limits };
  const compared = await compare(context);
  const near = await judgeNear(context);
  stages.next('Report', 0.02);
  const partial = {
    kind: 'gantry-evaluation',
    version: 1,
    createdAt: new Date().toISOString(),
    application: `Gantry ${appVersion}`,
    judged: synthetic.judged,
    dataset: {
      name: dataset,
      hash: ws.datasetHash(dataset),
      trainSlices: train.total,
      trainSubjects: record.trainSubjects,
      heldOutSlices: heldOut?.total ?? 0,
      heldOutSubjects: record.heldOutSubjects,
    },
    settings: { size, seed, compared: compared.count },
    limits,
    figures: compared.figures,
    spectra: compared.spectra,
    ...near,
  } as const;
  const report: Report = { ...partial, findings: findingsOf(partial) };
  signal?.throwIfAborted();
  const html = join(request.outDir, 'report.html');
  const json = join(request.outDir, 'report.json');
  writeFileAtomic(html, reportHtml(report, { train, synthetic }));
  writeFileAtomic(json, `${JSON.stringify(report, null, 1)}\n`);
  if (!('run' in source)) return { report, html, json };
  const card = {
    markdown: join(request.outDir, 'model-card.md'),
    json: join(request.outDir, 'model-card.json'),
  };
  const made = modelCard(ws, source.run, report);
  writeFileAtomic(card.markdown, cardMarkdown(made));
  writeFileAtomic(card.json, `${JSON.stringify(made, null, 1)}\n`);
  return { report, html, json, card };
}

interface Stages {
  next(stage: string, weight: number): void;
  within(share: number): void;
}

interface Context {
  readonly ws: Workspace;
  readonly dataset: string;
  readonly train: RealSet;
  readonly heldOut: RealSet | undefined;
  readonly synthetic: SyntheticSet;
  readonly seed: number;
  readonly signal: AbortSignal | undefined;
  readonly stages: Stages;
  /** Sentences on what could not be told; added to. */
  readonly limits: string[];
}

function stagesOf(onProgress: EvaluationOptions['onProgress']): Stages {
  let [done, weight, name] = [0, 0, ''];
  return {
    next(stage, share) {
      done += weight;
      [weight, name] = [share, stage];
      onProgress?.(Math.min(1, done), name);
    },
    within: (share) => onProgress?.(Math.min(1, done + weight * share), name),
  };
}

/** Subjects as numbers from 0 without gaps. */
function groupsOf(subjects: readonly number[]): Int32Array {
  const known = [...new Set(subjects)];
  return Int32Array.from(subjects, (subject) => known.indexOf(subject));
}

/** Reference and floor: training against held-out slices, or two halves of the subjects where none is held out. */
function referenceAndFloor({ train, heldOut, limits, seed }: Context): {
  reference: RealSet;
  floor: RealSet | undefined;
} {
  if (heldOut !== undefined) return { reference: train, floor: heldOut };
  const people = [...new Set(train.subjects)];
  if (people.length < 2) {
    limits.push(
      'All real slices are of one subject: there is no floor, and whether slices are copied cannot be told, because every good slice must look like this subject.',
    );
    return { reference: train, floor: undefined };
  }
  const order = drawIndices(people.length, Math.floor(people.length / 2), seed, 'halves');
  const second = new Set(order.map((i) => people[i]!));
  const side = (inSecond: boolean) =>
    partOf(
      train,
      train.subjects.flatMap((subject, i) => (second.has(subject) === inSecond ? [i] : [])),
    );
  limits.push(
    `No subject is held out: the floor compares ${people.length - second.size} subjects with the other ${second.size}, and the generator may have seen all of them.`,
  );
  return { reference: side(false), floor: side(true) };
}

interface Comparison {
  readonly count: number;
  readonly figures: readonly Figure[];
  readonly spectra: Report['spectra'];
}

/** Every figure for the synthetic set and the anchors, all of equally many slices. */
async function compare(context: Context): Promise<Comparison> {
  const { synthetic, seed, signal, stages, limits } = context;
  const { reference, floor } = referenceAndFloor(context);
  const count = Math.min(
    mostCompared,
    reference.images.count,
    synthetic.images.count,
    floor?.images.count ?? Number.POSITIVE_INFINITY,
  );
  if (count < fewestSlices) {
    limits.push(
      `Sets are not compared: the smallest has ${count} slices, and below ${fewestSlices} such figures are chance. Generate or import more.`,
    );
    return { count: 0, figures: [], spectra: {} };
  }
  const draw = (set: RealSet, use: string) => partOf(set, drawIndices(set.images.count, count, seed, use));
  const real = draw(reference, 'compare-reference');
  const judged = async (images: Images, subjects?: readonly number[]): Promise<Judged> => ({
    images,
    features: await featuresOf(images, featureFolder(context), signal),
    groups: subjects === undefined ? undefined : groupsOf(subjects),
  });
  stages.next('Features of real slices', 0.08);
  const judge = await Judge.create(await judged(real.images, real.subjects), seed);
  const sets = new Map<SetName, { figures: Figures; spectrum: Float64Array }>();
  try {
    const measure = async (name: SetName, set: () => Promise<Judged>) => {
      stages.next(`Figures: ${name}`, 0.1);
      let steps = 0;
      const one = await set();
      sets.set(name, await judge.measure(one, signal, () => stages.within(++steps / stepsOfMeasure)));
    };
    await measure('synthetic', () =>
      judged(
        chooseImages(synthetic.images, drawIndices(synthetic.images.count, count, seed, 'compare-synthetic')),
      ),
    );
    const drawn = floor === undefined ? undefined : draw(floor, 'compare-floor');
    if (drawn !== undefined) await measure('floor', () => judged(drawn.images, drawn.subjects));
    // Made of the floor's slices: made of the reference's own, they would be paired with it and look too good.
    const base = drawn ?? real;
    for (const name of anchorNames) {
      const images = makeAnchor(name, base.images, seed);
      await measure(name, () => judged(images, name === 'repeated' ? undefined : base.subjects));
    }
    return {
      count,
      figures: figuresOf(sets),
      spectra: {
        reference: [...judge.spectrum],
        ...Object.fromEntries([...sets].map(([name, { spectrum }]) => [name, [...spectrum]])),
      },
    };
  } finally {
    await judge.dispose();
  }
}

function figuresOf(sets: ReadonlyMap<SetName, { figures: Figures }>): Figure[] {
  const first = [...sets.values()][0];
  return [...(first?.figures ?? [])].map(([id, { figure }]) => ({
    id,
    ...figure,
    sets: Object.fromEntries(
      [...sets].flatMap(([name, { figures }]) => {
        const measured = figures.get(id)?.measured;
        return measured === undefined ? [] : [[name, measured]];
      }),
    ),
  }));
}

function featureFolder({ ws }: Context): string {
  return join(ws.cacheDir, 'features');
}

interface Near {
  readonly copying: Copying | null;
  readonly plausibility: Plausible | null;
  readonly subgroups: readonly Subgroup[];
}

/** All that is told slice by slice: copying, plausibility, subgroups. */
async function judgeNear(context: Context): Promise<Near> {
  const { ws, dataset, train, heldOut, synthetic, seed, signal, stages, limits } = context;
  const people = new Set(train.subjects).size;
  if (people < 2) return { copying: null, plausibility: null, subgroups: [] };
  stages.next('Features of all slices', 0.1);
  const folder = featureFolder(context);
  const all = {
    train: await featuresOf(train.images, folder, signal),
    heldOut: heldOut === undefined ? undefined : await featuresOf(heldOut.images, folder, signal),
    synthetic: await featuresOf(synthetic.images, folder, signal),
  };
  const judge = await Judge.create(
    { images: train.images, features: all.train, groups: groupsOf(train.subjects) },
    seed,
  );
  try {
    const place = (features: Features): Matrix => judge.standardised(features, placeSpace);
    const products = judge.productsOf(placeSpace);
    const spaces = {
      products,
      train: place(all.train),
      synthetic: place(all.synthetic),
      heldOut: all.heldOut === undefined ? undefined : place(all.heldOut),
    };
    stages.next('Copying', 0.2);
    const copying = await judgeCopying({ train, heldOut, synthetic, seed }, spaces, signal, (share) =>
      stages.within(share),
    );
    if (heldOut === undefined) {
      limits.push('Without held-out subjects the false alarms of the copying test and C_T cannot be told.');
    }
    stages.next('Plausibility and subgroups', 0.05);
    return {
      copying,
      plausibility: await judgePlausibility(context, judge, all),
      subgroups: await judgeGroups(),
    };

    async function judgeGroups(): Promise<Subgroup[]> {
      const many = Math.min(train.images.count, synthetic.images.count, mostCompared);
      const chosen = drawIndices(train.images.count, many, seed, 'subgroups');
      const real = partOf(train, chosen);
      const some = (matrix: Matrix) =>
        chooseRows(matrix, drawIndices(matrix.rows, many, seed, 'subgroups-set'));
      return judgeSubgroups(
        products,
        {
          real: chooseRows(spaces.train, chosen),
          synthetic: some(spaces.synthetic),
          floor: spaces.heldOut === undefined ? undefined : some(spaces.heldOut),
        },
        real.subjects,
        groupings(ws, dataset, real),
        signal,
      );
    }
  } finally {
    await judge.dispose();
  }
}

/** Neighbour whose distance tells how far a slice is from all that is real. */
const plausibleNeighbour = 5;

async function judgePlausibility(
  { train, heldOut, synthetic, seed, signal }: Context,
  judge: Judge,
  features: {
    readonly train: Features;
    readonly heldOut: Features | undefined;
    readonly synthetic: Features;
  },
): Promise<Plausible> {
  const k = plausibleNeighbour;
  const kth = async (
    products: ReturnType<Judge['productsOf']>,
    a: Matrix,
    b: Matrix,
    groups?: [number[], number[]],
  ) => {
    const { distances } = await nearestDistances(products, a, b, k, {
      signal,
      ...(groups ? { groups } : {}),
    });
    return Float64Array.from({ length: a.rows }, (_, i) => distances[i * k + k - 1]!);
  };
  const some = drawIndices(train.images.count, 1000, seed, 'plausibility');
  const spaces = [];
  for (const space of [spaceNames[0], placeSpace] as const) {
    const products = judge.productsOf(space);
    const real = judge.standardised(features.train, space);
    const fake = judge.standardised(features.synthetic, space);
    // Without held-out subjects: training slices against those of other subjects.
    const reference =
      heldOut === undefined || features.heldOut === undefined
        ? await kth(products, chooseRows(real, some), real, [
            some.map((i) => train.subjects[i]!),
            [...train.subjects],
          ])
        : await kth(products, judge.standardised(features.heldOut, space), real);
    spaces.push({ synthetic: await kth(products, fake, real), reference });
  }
  const { scores, limit, implausible } = plausibility(spaces);
  const order = [...scores.keys()].sort((a, b) => scores[a]! - scores[b]! || a - b);
  return {
    limit,
    implausible,
    order: order.map((slice) => ({ slice, name: synthetic.names[slice]!, score: scores[slice]! })),
  };
}
