import { Random } from '../../src/base/random.ts';

/**
 * A classifier for tests that ask whether something can be told from something else at all: logistic regression
 * with an L2 penalty, its features standardised on the training part, by gradient descent.
 */
function learn(
  rows: readonly (readonly number[])[],
  labels: readonly number[],
): (row: readonly number[]) => number {
  const columns = rows[0]!.length;
  const mean = Array.from(
    { length: columns },
    (_, c) => rows.reduce((sum, row) => sum + row[c]!, 0) / rows.length,
  );
  const scale = mean.map((m, c) => {
    const variance = rows.reduce((sum, row) => sum + (row[c]! - m) ** 2, 0) / rows.length;
    return variance > 0 ? 1 / Math.sqrt(variance) : 0;
  });
  const standard = (row: readonly number[]) => mean.map((m, c) => (row[c]! - m) * scale[c]!);
  const inputs = rows.map(standard);
  const weights = new Float64Array(columns);
  let bias = 0;
  const score = (row: readonly number[]) => row.reduce((sum, value, c) => sum + value * weights[c]!, bias);
  for (let step = 0; step < 300; step++) {
    const gradient = new Float64Array(columns);
    let biasGradient = 0;
    inputs.forEach((row, i) => {
      const error = 1 / (1 + Math.exp(-score(row))) - labels[i]!;
      row.forEach((value, c) => {
        gradient[c]! += error * value;
      });
      biasGradient += error;
    });
    for (let c = 0; c < columns; c++) {
      weights[c]! -= 0.5 * (gradient[c]! / inputs.length + 0.01 * weights[c]!);
    }
    bias -= (0.5 * biasGradient) / inputs.length;
  }
  return (row) => score(standard(row));
}

/**
 * How many of the cases a classifier tells rightly that has not seen them, in ten folds with equal shares of both
 * labels.
 *
 * @param labels 0 or 1, as many of each
 */
export function toldRightly(
  rows: readonly (readonly number[])[],
  labels: readonly number[],
  seed: number,
): number {
  const random = new Random(seed, 'folds');
  const foldOf = new Int32Array(rows.length);
  for (const label of [0, 1]) {
    const own = labels.flatMap((one, i) => (one === label ? [i] : []));
    random.permutation(own.length).forEach((place, at) => {
      foldOf[own[place]!] = at % 10;
    });
  }
  let right = 0;
  for (let fold = 0; fold < 10; fold++) {
    const seen = rows.flatMap((_, i) => (foldOf[i] === fold ? [] : [i]));
    const classify = learn(
      seen.map((i) => rows[i]!),
      seen.map((i) => labels[i]!),
    );
    rows.forEach((row, i) => {
      if (foldOf[i] === fold && (classify(row) > 0 ? 1 : 0) === labels[i]) right++;
    });
  }
  return right;
}
