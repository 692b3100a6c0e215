import { chooseRows, drawIndices, type Matrix, nearestDistances, plausibility } from '../../metrics/index.ts';
import { groupsOf, mostCompared } from './compare.ts';
import type { Context } from './context.ts';
import { judgeCopying } from './copying.ts';
import { type Features, featuresOf, placeSpace, textureSpace } from './features.ts';
import { type Grouping, type GroupOf, groupings } from './groupings.ts';
import { Judge } from './judge.ts';
import type { Copying, Plausible, Subgroup } from './report.ts';
import { judgeSubgroups } from './subgroups.ts';

export interface Near {
  readonly copying: Copying | null;
  readonly plausibility: Plausible | null;
  readonly subgroups: readonly Subgroup[];
}

interface AllFeatures {
  readonly train: Features;
  readonly heldOut: Features | undefined;
  readonly synthetic: Features;
}

const nearSpaces = [textureSpace, placeSpace] as const;
/** Neighbour whose distance tells how far a slice is from all that is real. */
const plausibleNeighbour = 5;
/** With fewer, two people are seldom so alike that the copying test can tell a likeness from a copy. */
const fewPeople = 10;

/** All that is told slice by slice: copying, plausibility, subgroups. */
export async function judgeNear(context: Context): Promise<Near> {
  const { train, heldOut, synthetic, seed, signal, stages, limits, featureFolder } = context;
  const people = new Set(train.subjects).size;
  if (people < 2) return { copying: null, plausibility: null, subgroups: [] };
  stages.next('Features of all slices', 0.08);
  const spaces = context.spaces.filter(({ name }) => nearSpaces.some((near) => near === name));
  const of = (images: typeof train.images) => featuresOf(images, spaces, featureFolder, signal);
  const all: AllFeatures = {
    train: await of(train.images),
    heldOut: heldOut === undefined ? undefined : await of(heldOut.images),
    synthetic: await of(synthetic.images),
  };
  const judge = await Judge.create(
    { images: train.images, features: all.train, groups: groupsOf(train.subjects) },
    seed,
    spaces,
  );
  try {
    stages.next('Copying', 0.3);
    const copying = await judgeCopying(
      { train, heldOut, synthetic, seed },
      nearSpaces.map((name) => ({
        name,
        products: judge.productsOf(name),
        train: judge.standardised(all.train, name),
        synthetic: judge.standardised(all.synthetic, name),
        heldOut: all.heldOut === undefined ? undefined : judge.standardised(all.heldOut, name),
      })),
      signal,
      (share) => stages.within(share),
    );
    if (heldOut === undefined) {
      limits.push(
        'Without held-out subjects the false alarms of the copying test, C_T and membership inference cannot be told.',
      );
    }
    if (people < fewPeople) {
      limits.push(
        `A near-copy is a slice that is nearer to a training slice than slices of different people are to each other. With ${people} people that is a wide circle: a slice that only looks like one of them, pixel by pixel another, is called a near-copy as well.`,
      );
    }
    stages.next('Plausibility and subgroups', 0.1);
    return {
      copying,
      plausibility: await judgePlausibility(context, judge, all),
      subgroups: await judgeGroups(context, judge, all, copying),
    };
  } finally {
    await judge.dispose();
  }
}

async function judgeGroups(
  { ws, dataset, train, heldOut, synthetic, seed, signal }: Context,
  judge: Judge,
  all: AllFeatures,
  copying: Copying,
): Promise<Subgroup[]> {
  const many = Math.min(train.images.count, synthetic.images.count, mostCompared);
  const chosen = drawIndices(train.images.count, many, seed, 'subgroups');
  const place = (features: Features): Matrix => judge.standardised(features, placeSpace);
  const drawn = (count: number) => drawIndices(count, many, seed, 'subgroups-set');
  const known = groupings(ws, dataset);
  const some = drawn(synthetic.images.count);
  return judgeSubgroups(
    {
      products: judge.productsOf(placeSpace),
      real: {
        images: train.images,
        chosen,
        rows: chooseRows(place(all.train), chosen),
        subjects: chosen.map((i) => train.subjects[i]!),
        sliceIds: chosen.map((i) => train.sliceIds[i]!),
      },
      synthetic: {
        images: synthetic.images,
        chosen: some,
        rows: chooseRows(place(all.synthetic), some),
        groups: askedFor(known, synthetic.labels, some),
      },
      floor:
        heldOut === undefined || all.heldOut === undefined
          ? undefined
          : { rows: chooseRows(place(all.heldOut), drawn(heldOut.images.count)) },
      twins: copying.nearCopies.map(({ twin }) => twin),
      groupings: known,
      seed,
    },
    signal,
  );
}

/** Groups that the slices of a conditional run were asked for. */
function askedFor(
  known: readonly Grouping[],
  labels: Context['synthetic']['labels'],
  chosen: readonly number[],
): Map<string, GroupOf> {
  return new Map(
    known.flatMap(({ by, label, named }): [string, GroupOf][] => {
      const values = label === undefined ? undefined : labels?.get(label);
      return values === undefined ? [] : [[by, chosen.map((i) => named(values[i] ?? null))]];
    }),
  );
}

async function judgePlausibility(
  { train, heldOut, synthetic, seed, signal }: Context,
  judge: Judge,
  features: AllFeatures,
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
  for (const space of nearSpaces) {
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
