import { Random } from '../../base/random.ts';
import { type DatasetLabel, datasetLabels, type LabelValue, labelValues } from '../../dataset/index.ts';
import {
  type Classifier,
  chooseImages,
  classifierView,
  drawIndices,
  type Images,
  quantileOf,
  sorted,
  trainClassifier,
} from '../../metrics/index.ts';
import type { Workspace } from '../../workspace/index.ts';
import type { Context } from './context.ts';
import type { RealSet } from './real.ts';
import type { Measured, Utility } from './report.ts';

/** A class serves when it has this many slices and subjects to learn from, and to be tested on. */
const least = { trainSlices: 40, trainSubjects: 3, testSlices: 15, testSubjects: 2 } as const;
const mostTrained = 1500;
const mostTested = 1500;
const seeds = [1, 2, 3] as const;
const replicates = 300;
const mostClasses = 6;

/** A label and its classes that a classifier can be trained for. */
interface Task {
  readonly label: string;
  readonly classes: readonly string[];
  /** Class of slices by their id, -1 for none. */
  classOf(sliceIds: readonly number[]): number[];
  /** Class of a value. */
  of(value: LabelValue | undefined): number;
}

/** What a user labelled first, then what the files say, then the place in the volume. Scanners are no use. */
const order = ['sequence', 'sex', 'laterality', 'bodyPart', 'modality', 'plane', 'ageBand', 'third'];
function rank({ origin, name }: DatasetLabel): number {
  return origin === 'table' ? 0 : 1 + order.indexOf(name);
}
const serves = (label: DatasetLabel) =>
  label.kind === 'class' && (label.origin === 'table' || order.includes(label.name));

/** The label that serves best, or undefined. */
function taskOf(ws: Workspace, dataset: string): Task | undefined {
  const labels = datasetLabels(ws, dataset)
    .filter(serves)
    .sort((a, b) => rank(a) - rank(b));
  for (const label of labels) {
    const classes = label.values
      .filter(
        ({ train, heldOut }) =>
          train.slices >= least.trainSlices &&
          train.subjects >= least.trainSubjects &&
          heldOut.slices >= least.testSlices &&
          heldOut.subjects >= least.testSubjects,
      )
      .slice(0, mostClasses)
      .map(({ value }) => value);
    if (classes.length < 2) continue;
    const { bySlice } = labelValues(ws, dataset, [label.name]);
    const of = (value: LabelValue | undefined) =>
      value === null || value === undefined ? -1 : classes.indexOf(String(value));
    return {
      label: label.name,
      classes,
      of,
      classOf: (sliceIds) => sliceIds.map((id) => of(bySlice.get(id)?.[0])),
    };
  }
  return undefined;
}

interface Labelled {
  readonly images: Images;
  readonly classes: readonly number[];
}

/** At most `most` labelled slices of a set. */
function labelled(set: RealSet, task: Task, most: number, seed: number, use: string) {
  const all = task.classOf(set.sliceIds);
  const known = all.flatMap((label, i) => (label >= 0 ? [i] : []));
  const chosen = drawIndices(known.length, most, seed, use).map((i) => known[i]!);
  return {
    images: classifierView(set.images, chosen),
    classes: chosen.map((i) => all[i]!),
    subjects: chosen.map((i) => set.subjects[i]!),
  };
}

function joined(a: Labelled, b: Labelled): Labelled {
  const values = new Float32Array(a.images.values.length + b.images.values.length);
  values.set(a.images.values);
  values.set(b.images.values, a.images.values.length);
  return {
    images: { count: a.images.count + b.images.count, size: a.images.size, values },
    classes: [...a.classes, ...b.classes],
  };
}

/** Mean over the classes of the share that is told right. */
function balancedAccuracy(
  told: ArrayLike<number>,
  truth: readonly number[],
  chosen: readonly number[],
): number {
  const right = new Map<number, { hits: number; all: number }>();
  for (const i of chosen) {
    const one = right.get(truth[i]!) ?? { hits: 0, all: 0 };
    right.set(truth[i]!, { hits: one.hits + (told[i] === truth[i] ? 1 : 0), all: one.all + 1 });
  }
  let sum = 0;
  for (const { hits, all } of right.values()) sum += hits / all;
  return sum / right.size;
}

type Regime = 'real' | 'synthetic' | 'both';

/**
 * Trains a small classifier on real, on synthetic, and on real and synthetic slices, and tests each on held-out
 * real slices of other people: what a set is good for beyond its looks. Three seeds; the interval is a bootstrap
 * over the held-out subjects and the seeds. Slices of an unconditional generator have no labels; a classifier of
 * the real slices then gives them, which the figures say.
 * @returns null where no label serves; why stands in `limits`
 */
export async function judgeUtility(context: Context): Promise<Utility | null> {
  const { ws, dataset, train, heldOut, synthetic, seed, signal, stages, limits } = context;
  if (heldOut === undefined) {
    limits.push(
      'Whether the slices are of use for training cannot be told: no subject is held out to test on.',
    );
    return null;
  }
  const task = taskOf(ws, dataset);
  if (task === undefined) {
    limits.push(
      `Whether the slices are of use for training cannot be told: no label of the dataset has two classes with ${least.trainSubjects} training and ${least.testSubjects} held-out subjects each.`,
    );
    return null;
  }
  const real = labelled(train, task, Math.min(mostTrained, synthetic.images.count), seed, 'utility-train');
  const test = labelled(heldOut, task, mostTested, seed, 'utility-test');
  const some = drawIndices(synthetic.images.count, real.images.count, seed, 'utility-synthetic');
  const made = classifierView(synthetic.images, some);
  const own = synthetic.labels?.get(task.label);
  const given = own === undefined ? undefined : some.map((i) => task.of(own[i]));
  const told: Record<Regime, Int32Array[]> = { real: [], synthetic: [], both: [] };
  let step = 0;
  const learn = async (set: Labelled, netSeed: number): Promise<Classifier> => {
    stages.within(step++ / (3 * seeds.length));
    return trainClassifier(set.images, set.classes, { classes: task.classes.length, seed: netSeed, signal });
  };
  for (const netSeed of seeds) {
    const teacher = await learn(real, netSeed);
    told.real.push(await teacher.classify(test.images));
    const classes = given ?? [...(await teacher.classify(made))];
    await teacher.dispose();
    const known = classes.flatMap((label, i) => (label >= 0 ? [i] : []));
    const fake = { images: chooseImages(made, known), classes: known.map((i) => classes[i]!) };
    for (const [regime, set] of [
      ['synthetic', fake],
      ['both', joined(real, fake)],
    ] as const) {
      const net = await learn(set, netSeed);
      told[regime].push(await net.classify(test.images));
      await net.dispose();
    }
  }
  return {
    label: task.label,
    classes: task.classes,
    seeds: seeds.length,
    trained: { real: real.images.count, synthetic: made.count },
    tested: { slices: test.images.count, subjects: new Set(test.subjects).size },
    labelsFrom: given === undefined ? 'a classifier of the real slices' : 'the run',
    chance: 1 / task.classes.length,
    ...intervals(told, test.classes, test.subjects, seed),
  };
}

/** Means over the seeds with 95 % intervals: every draw takes subjects and seeds anew, the same for all regimes. */
function intervals(
  told: Readonly<Record<Regime, readonly Int32Array[]>>,
  truth: readonly number[],
  subjects: readonly number[],
  seed: number,
): Record<Regime | 'gain', Measured> {
  const people = [...Map.groupBy(subjects.keys(), (i) => subjects[i]!).values()];
  const random = new Random(seed, 'utility-bootstrap');
  const mean = (regime: Regime, chosen: readonly number[], nets: readonly number[]) =>
    nets.reduce((sum, n) => sum + balancedAccuracy(told[regime][n]!, truth, chosen), 0) / nets.length;
  const at = (chosen: readonly number[], nets: readonly number[]) => {
    const [real, synthetic, both] = (['real', 'synthetic', 'both'] as const).map((r) =>
      mean(r, chosen, nets),
    );
    return { real: real!, synthetic: synthetic!, both: both!, gain: both! - real! };
  };
  const value = at([...truth.keys()], [...seeds.keys()]);
  const draws = Array.from({ length: replicates }, () =>
    at(
      people.flatMap(() => people[random.int(people.length)]!),
      seeds.map(() => random.int(seeds.length)),
    ),
  );
  const measured = (name: Regime | 'gain'): Measured => {
    const ascending = sorted(draws.map((draw) => draw[name]));
    return { value: value[name], low: quantileOf(ascending, 0.025), high: quantileOf(ascending, 0.975) };
  };
  return {
    real: measured('real'),
    synthetic: measured('synthetic'),
    both: measured('both'),
    gain: measured('gain'),
  };
}
