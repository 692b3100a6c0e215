import { type Attr, type Builder, fill, type Graph, type Node, sameShape, type Value } from '../ir/graph.ts';
import { reduce, reshape } from '../ir/shapes.ts';
import { constantKey } from './common-subexpressions.ts';
import { type Rule, rewrite } from './rewrite.ts';

/** Ops that are linear in their first operand and keep samples (axis 0) apart. */
const LINEAR = new Set([
  'GantryConv',
  'GantryConvInputGrad',
  'GantryUpsample2',
  'GantryAvgPool2',
  'GantryUpsampleFir2',
  'GantryDownsampleFir2',
  'GantryMatMul',
  'Reshape',
  'Expand',
  'Neg',
]);

/** value = base * scale, one factor [n] for each sample. */
interface Scaled {
  readonly base: Value;
  readonly scale: Value;
}

/**
 * The one-pass gradient penalty (R1, R2), and whatever else runs the same linear chain twice. The gradient of the
 * adversarial loss runs back through the discriminator from one number for each sample, the gradient of the penalty
 * from ones. Both chains are linear and keep samples apart, so the first is the second times that number: it is not
 * computed, and its filter gradients take the factor on their other operand, where `mergeFilterGrads` joins them
 * with those of the second order. Exact; nothing is assumed of the activations, whose slopes are operands of both.
 */
export function shareSampleChains(graph: Graph): Graph {
  const ids = new Map<Value | string, number>();
  const idOf = (v: Value): number => {
    const key = constantKey(v) ?? v;
    const id = ids.get(key) ?? ids.size;
    ids.set(key, id);
    return id;
  };
  const keyOf = (node: Node, inputs: readonly Value[]) => {
    const operands = inputs.map(idOf);
    if (node.op === 'Mul' || node.op === 'Add') operands.sort((a, b) => a - b);
    return `${node.op}(${operands})${node.outputs[0]!.shape}${JSON.stringify(node.attrs)}`;
  };
  const seen = new Map<string, Value>();
  const scaled = new Map<Value, Scaled>();

  const chain: Rule = (node, b) => {
    const result = node.outputs[0]!;
    const found = baseVersion(node, scaled, b, (inputs) => seen.get(keyOf(node, inputs)));
    if (found) {
      const value = times(b, found.base, found.scale);
      scaled.set(value, found);
      return [value];
    }
    const spread = spreadOut(node, b);
    if (spread) scaled.set(result, spread);
    const key = keyOf(node, node.inputs);
    if (!seen.has(key)) seen.set(key, result);
    return undefined;
  };
  const filterGrad: Rule = (node, b) => {
    const [x, dy] = node.inputs as [Value, Value];
    const known = node.op === 'GantryConvFilterGrad' ? scaled.get(dy) : undefined;
    if (!known) return undefined;
    return [b.add(node.op, [times(b, x, known.scale), known.base], node.attrs, node.outputs[0]!.shape)];
  };
  const sum: Rule = (node, b) => {
    const known = node.op === 'ReduceSum' ? scaled.get(node.inputs[0]!) : undefined;
    const axes = node.attrs.axes as readonly number[];
    if (!known || !axes.includes(0) || axes.length === 1) return undefined;
    const inner = reduce(
      b,
      'ReduceSum',
      known.base,
      axes.filter((axis) => axis !== 0),
      true,
    );
    const outer = reduce(b, 'ReduceSum', times(b, inner, known.scale), [0], true);
    return [reshape(b, outer, node.outputs[0]!.shape)];
  };
  return rewrite(graph, filterGrad, sum, chain);
}

function baseVersion(
  node: Node,
  scaled: ReadonlyMap<Value, Scaled>,
  b: Builder,
  lookup: (inputs: readonly Value[]) => Value | undefined,
): Scaled | undefined {
  const [first, second] = node.inputs as [Value, Value | undefined];
  const samples = node.outputs[0]!.shape[0] ?? 1;
  if (samples < 2) return undefined;
  const attempt = (known: Scaled, inputs: readonly Value[]): Scaled | undefined => {
    const base = lookup(inputs);
    return base && { base, scale: known.scale };
  };
  if ((node.op === 'Add' || node.op === 'Sub') && second) {
    const [p, q] = [scaled.get(first), scaled.get(second)];
    const fits = p && q && p.scale === q.scale && sameShape(first.shape, second.shape);
    return fits ? attempt(p, [p.base, q.base]) : undefined;
  }
  const operands = node.op === 'Mul' ? [0, 1] : LINEAR.has(node.op) && keepsSamples(node) ? [0] : [];
  for (const index of operands) {
    const operand = node.inputs[index]!;
    if (operand.shape.length !== node.outputs[0]!.shape.length && node.op === 'Mul') continue;
    const known = scaled.get(operand) ?? perSample(operand, samples, b, node.op);
    if (known?.scale.shape[0] !== samples) continue;
    const answer = attempt(known, node.inputs.with(index, known.base));
    if (answer) return answer;
  }
  return undefined;
}

function keepsSamples(node: Node): boolean {
  const [x] = node.inputs as [Value];
  if (x.shape[0] !== node.outputs[0]!.shape[0]) return false;
  const transposed: Attr | undefined = node.attrs.transA;
  // With a bias a convolution is not linear; with batches a matrix product's axis 0 may not be the sample.
  if (node.op === 'GantryMatMul') return !transposed && x.shape.length === 2;
  return !node.op.startsWith('GantryConv') || node.inputs.length === 2;
}

/** One number for each sample is ones times itself: where a chain of ones may have begun. */
function perSample(v: Value, samples: number, b: Builder, op: string): Scaled | undefined {
  const isOne = v.shape[0] === samples && v.shape.slice(1).every((d) => d === 1);
  if (!isOne || v.constant || op === 'Mul' || op === 'Reshape') return undefined;
  return { base: fill(1, v.shape), scale: reshape(b, v, [samples]) };
}

/** A number for each sample that is spread over its pixels. */
function spreadOut(node: Node, b: Builder): Scaled | undefined {
  if (node.op !== 'Expand') return undefined;
  const shape = node.outputs[0]!.shape;
  const known = perSample(node.inputs[0]!, shape[0] ?? 1, b, node.op);
  return known && { base: fill(1, shape), scale: known.scale };
}

function times(b: Builder, x: Value, scale: Value): Value {
  const shape = x.shape.map((_, i) => (i === 0 ? scale.shape[0]! : 1));
  return b.map('Mul', [x, reshape(b, scale, shape)]);
}
