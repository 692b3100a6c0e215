import type { Graph } from '../ir/graph.ts';
import { broadcastOperands } from './broadcasting.ts';
import { shareCommonSubexpressions } from './common-subexpressions.ts';
import { lowerConvolutions, lowerConvolutionsPlainly } from './conv/lower.ts';
import { wholeVectors } from './conv/whole-vectors.ts';
import { dropDeadCode } from './dead-code.ts';
import { foldUniform } from './fold-uniform.ts';
import { fuseBias } from './fuse-bias.ts';
import { lowerMatMul } from './lower-matmul.ts';
import { lowerOwnOps } from './lower-own.ts';
import { mergeFilterGrads } from './merge-filter-grads.ts';
import { shareSampleChains } from './sample-scale.ts';
import { simplify } from './simplify.ts';
import { sinkTransposes } from './sink-transposes.ts';

type Pass = (graph: Graph) => Graph;

/** The optimising passes in their order; each may be left out. */
export const passes = {
  deadCode: dropDeadCode,
  foldUniform,
  simplify,
  sinkTransposes,
  shareSampleChains,
  mergeFilterGrads,
  fuseBias,
  commonSubexpressions: shareCommonSubexpressions,
  broadcasting: broadcastOperands,
} satisfies Record<string, Pass>;

/**
 * `convForms` is the choice of the best form of each convolution; without it each has its general form.
 * `blockedConvs` is the use of the processor's blocked layout among them.
 */
export type PassName = keyof typeof passes | 'convForms' | 'blockedConvs';

/**
 * Runs the passes and then what turns our ops into ONNX ops, which is not optional.
 * @param block see lowerConvolutions; 0, the default, gives a graph that runs anywhere
 * @param webgpu whether it is for ONNX Runtime's WebGPU provider (see wholeVectors)
 */
export function compile(graph: Graph, without: readonly PassName[] = [], block = 0, webgpu = false): Graph {
  const run = (g: Graph, ...names: (keyof typeof passes)[]) =>
    names.reduce((result, name) => (without.includes(name) ? result : passes[name](result)), g);
  let result = run(
    graph,
    'deadCode',
    'broadcasting',
    'foldUniform',
    'simplify',
    'broadcasting',
    'foldUniform',
  );
  result = run(
    result,
    'sinkTransposes',
    'simplify',
    'commonSubexpressions',
    'deadCode',
    'shareSampleChains',
    'commonSubexpressions',
    'deadCode',
    'mergeFilterGrads',
    'deadCode',
    'fuseBias',
    'deadCode',
  );
  result = without.includes('convForms')
    ? lowerConvolutionsPlainly(result)
    : lowerConvolutions(result, without.includes('blockedConvs') ? 0 : block);
  result = lowerOwnOps(lowerMatMul(result));
  if (webgpu) result = wholeVectors(result);
  return run(result, 'simplify', 'commonSubexpressions', 'deadCode');
}
