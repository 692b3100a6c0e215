import { datasetLabels, labelValues } from '../../dataset/index.ts';
import { labelsOfSlice, nameLabels, type RunConfig } from '../../gan/index.ts';
import { assign, cellsOf, type Matrix } from '../../metrics/index.ts';
import type { Workspace } from '../../workspace/index.ts';

const mostClusters = 8;
const slicesPerCluster = 20;
const mostClasses = 12;
const mostLabels = 3;

/**
 * The cluster that each generated slice falls into: k-means over the training slices' features, numbered from 1
 * by their number of training slices, the largest first.
 */
export function clustersOf(real: Matrix, made: Matrix, seed: number): number[] {
  const k = Math.max(1, Math.min(mostClusters, Math.floor(real.rows / slicesPerCluster)));
  const { centres, cells } = cellsOf(real, k, seed);
  const sizes = new Array<number>(centres.rows).fill(0);
  for (const cell of cells) sizes[cell] = sizes[cell]! + 1;
  const rank = sizes.map((_, cell) => cell).sort((a, b) => sizes[b]! - sizes[a]! || a - b);
  const numbers = new Map(rank.map((cell, i) => [cell, i + 1]));
  return [...assign(made, centres)].map((cell) => numbers.get(cell)!);
}

/**
 * What each generated slice is labelled with, in words: what a conditional run was asked for, or else the class
 * labels of the training slice it is likest; null where there are none.
 */
export function labelsFor(
  ws: Workspace,
  { dataset, config, seed }: { readonly dataset: string; readonly config: RunConfig; readonly seed: number },
  nearest: readonly (number | null)[],
): (string | null)[] {
  const { conditions } = config;
  if (conditions != null) {
    return nearest.map((_, slice) =>
      worded(Object.values(nameLabels(conditions, labelsOfSlice(conditions, 'as-data', seed, slice)))),
    );
  }
  const names = datasetLabels(ws, dataset)
    .filter(({ kind, values }) => kind === 'class' && values.length > 1 && values.length <= mostClasses)
    .slice(0, mostLabels)
    .map(({ name }) => name);
  if (names.length === 0) return nearest.map(() => null);
  const { bySlice } = labelValues(ws, dataset, names);
  return nearest.map((slice) => worded(slice === null ? [] : (bySlice.get(slice) ?? [])));
}

function worded(values: readonly (string | number | null)[]): string | null {
  const said = values.filter((value) => value !== null);
  return said.length === 0 ? null : said.join(', ');
}
