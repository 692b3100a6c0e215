import * as tf from '@tensorflow/tfjs-core';
import { createRunner, type Runner } from '../engine/index.ts';
import type { Matrix } from './arrays.ts';

/** Rows of the left and of the right side that are multiplied at once. */
const height = 256;
const width = 1024;

/** Values of rows i .. i + rows - 1 against columns j .. j + columns - 1; element (r, c) is `values[r * stride + c]`. */
export interface Block {
  readonly i: number;
  readonly j: number;
  readonly rows: number;
  readonly columns: number;
  readonly stride: number;
  readonly values: Float32Array;
}

/**
 * Inner products of all rows of two matrices, block by block, through the engine: the one costly thing in kernel
 * distances and neighbours, and never held as a whole.
 */
export class Products {
  private readonly columns: number;
  private readonly runner: Runner;

  private constructor(columns: number, runner: Runner) {
    this.columns = columns;
    this.runner = runner;
  }

  static async create(columns: number): Promise<Products> {
    const runner = await createRunner(
      {
        state: {},
        programs: {
          multiply: {
            inputs: { a: [height, columns], b: [width, columns] },
            fn: (_state, { a, b }) => ({
              outputs: { product: tf.matMul(a as tf.Tensor2D, b as tf.Tensor2D, false, true) },
            }),
          },
        },
      },
      // Blocks are small: on a busy machine, threads that wait for each other cost more than they give.
      { device: 'cpu', threads: 1 },
    );
    return new Products(columns, runner);
  }

  /** Visits the blocks of a b^T, row of blocks by row of blocks. A visitor must copy what it keeps. */
  async visit(a: Matrix, b: Matrix, visitor: (block: Block) => void, signal?: AbortSignal): Promise<void> {
    for (let i = 0; i < a.rows; i += height) {
      const left = this.part(a, i, height);
      for (let j = 0; j < b.rows; j += width) {
        signal?.throwIfAborted();
        const { product } = await this.runner.run('multiply', { a: left, b: this.part(b, j, width) });
        visitor({
          i,
          j,
          rows: Math.min(height, a.rows - i),
          columns: Math.min(width, b.rows - j),
          stride: width,
          values: product!,
        });
      }
    }
  }

  /** As `visit`, with squared Euclidean distances in place of products. */
  async visitDistances(
    a: Matrix,
    b: Matrix,
    visitor: (block: Block) => void,
    signal?: AbortSignal,
  ): Promise<void> {
    const lengthsA = squaredLengths(a);
    const lengthsB = a === b ? lengthsA : squaredLengths(b);
    await this.visit(
      a,
      b,
      (part) => {
        for (let r = 0; r < part.rows; r++) {
          for (let c = 0; c < part.columns; c++) {
            const at = r * part.stride + c;
            const squared = lengthsA[part.i + r]! + lengthsB[part.j + c]! - 2 * part.values[at]!;
            part.values[at] = Math.max(0, squared);
          }
        }
        visitor(part);
      },
      signal,
    );
  }

  private part(matrix: Matrix, from: number, many: number): Float32Array {
    const rows = matrix.values.subarray(from * this.columns, (from + many) * this.columns);
    if (rows.length === many * this.columns) return rows;
    const padded = new Float32Array(many * this.columns);
    padded.set(rows);
    return padded;
  }

  dispose(): Promise<void> {
    return this.runner.dispose();
  }
}

function squaredLengths({ rows, columns, values }: Matrix): Float64Array {
  const lengths = new Float64Array(rows);
  for (let r = 0; r < rows; r++) {
    let sum = 0;
    for (let c = r * columns; c < (r + 1) * columns; c++) sum += values[c]! * values[c]!;
    lengths[r] = sum;
  }
  return lengths;
}
