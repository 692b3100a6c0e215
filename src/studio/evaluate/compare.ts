import { anchorNames, chooseImages, drawIndices, type Images, makeAnchor } from '../../metrics/index.ts';
import type { Context } from './context.ts';
import { featuresOf } from './features.ts';
import { type Figures, Judge, type Judged } from './judge.ts';
import { partOf, type RealSet } from './real.ts';
import type { Figure, Report, SetName } from './report.ts';

/** Below this many slices on a side, distances between sets are chance. */
const fewestSlices = 50;
/** Slices a side that sets are compared with. */
export const mostCompared = 2000;

/** Subjects as numbers from 0 without gaps. */
export function groupsOf(subjects: readonly number[]): Int32Array {
  const known = new Map<number, number>();
  return Int32Array.from(subjects, (subject) => {
    const number = known.get(subject) ?? known.size;
    known.set(subject, number);
    return number;
  });
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
export async function compare(context: Context): Promise<Comparison> {
  const { synthetic, seed, signal, stages, limits, spaces, featureFolder } = context;
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
    features: await featuresOf(images, spaces, featureFolder, signal),
    groups: subjects === undefined ? undefined : groupsOf(subjects),
  });
  stages.next('Features of real slices', 0.07);
  const judge = await Judge.create(await judged(real.images, real.subjects), seed, spaces);
  const sets = new Map<SetName, { figures: Figures; spectrum: Float64Array }>();
  try {
    const measure = async (name: SetName, set: () => Promise<Judged>) => {
      stages.next(`Figures: ${name}`, 0.07);
      let steps = 0;
      const one = await set();
      sets.set(name, await judge.measure(one, signal, () => stages.within(++steps / judge.steps)));
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
