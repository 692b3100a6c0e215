import { GantryError } from '../../base/errors.ts';

/**
 * The intermediate representation: a static-shaped data-flow graph whose ops are ONNX ops plus a few of our own
 * (named Gantry…), which the lowering passes turn into ONNX. What ONNX passes as small constant tensors (axes,
 * shapes, pads) are attributes here; the emitter knows which.
 */
export type DType = 'float32' | 'int32' | 'bool';
export type Attr = number | string | readonly number[];
export type Attrs = Readonly<Record<string, Attr>>;

/** A constant is one value for all elements, or data. The uniform kind costs nothing whatever its shape. */
export type Constant =
  | { readonly kind: 'fill'; readonly value: number }
  | { readonly kind: 'data'; readonly data: Float32Array | Int32Array | Uint8Array };

export interface Value {
  readonly shape: readonly number[];
  readonly dtype: DType;
  readonly constant?: Constant;
}

export interface Node {
  readonly op: string;
  readonly inputs: readonly Value[];
  readonly attrs: Attrs;
  readonly outputs: readonly Value[];
}

export interface Graph {
  readonly inputs: ReadonlyMap<string, Value>;
  readonly outputs: ReadonlyMap<string, Value>;
  /** In an order in which every value is made before it is used. */
  readonly nodes: readonly Node[];
}

export const size = (v: Value): number => v.shape.reduce((a, b) => a * b, 1);
export const sameShape = (a: readonly number[], b: readonly number[]): boolean =>
  a.length === b.length && a.every((d, i) => d === b[i]);

export function fill(value: number, shape: readonly number[] = [], dtype: DType = 'float32'): Value {
  return { shape, dtype, constant: { kind: 'fill', value } };
}

/** The value of a uniform constant, or undefined. */
export function uniform(v: Value): number | undefined {
  return v.constant?.kind === 'fill' ? v.constant.value : undefined;
}

/** The shape of an elementwise op over operands that broadcast as in NumPy. */
export function broadcast(...shapes: readonly (readonly number[])[]): number[] {
  const rank = Math.max(...shapes.map((s) => s.length));
  return Array.from({ length: rank }, (_, i) => {
    let dim = 1;
    for (const shape of shapes) {
      const d = shape[i - rank + shape.length] ?? 1;
      if (d !== 1 && dim !== 1 && d !== dim) {
        throw new GantryError(
          'BAD_CONFIG',
          `Shapes do not broadcast: ${shapes.map((s) => `[${s}]`).join(' and ')}.`,
        );
      }
      if (d !== 1) dim = d;
    }
    return dim;
  });
}

/** Appends nodes to a growing graph and remembers who made which value. */
export class Builder {
  readonly nodes: Node[] = [];
  private readonly makers = new Map<Value, Node>();

  push(node: Node): void {
    this.nodes.push(node);
    for (const output of node.outputs) this.makers.set(output, node);
  }

  add(
    op: string,
    inputs: readonly Value[],
    attrs: Attrs,
    shape: readonly number[],
    dtype: DType = inputs[0]?.dtype ?? 'float32',
  ): Value {
    const output: Value = { shape: [...shape], dtype };
    this.push({ op, inputs, attrs, outputs: [output] });
    return output;
  }

  /** An elementwise op: the shape follows from its operands. */
  map(op: string, inputs: readonly Value[], attrs: Attrs = {}, dtype?: DType): Value {
    return this.add(op, inputs, attrs, broadcast(...inputs.map((v) => v.shape)), dtype);
  }

  maker(value: Value): Node | undefined {
    return this.makers.get(value);
  }
}
