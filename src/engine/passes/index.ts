import type { Graph } from '../ir/graph.ts';
import { broadcastOperands } from './broadcasting.ts';
import { shareCommonSubexpressions } from './common-subexpressions.ts';
import { dropDeadCode } from './dead-code.ts';
import { lowerConvolutions } from './lower-conv.ts';
import { lowerMatMul } from './lower-matmul.ts';
import { lowerOwnOps } from './lower-own.ts';

type Pass = (graph: Graph) => Graph;

/** The optimising passes in their order; each may be left out. */
export const passes = {
  deadCode: dropDeadCode,
  commonSubexpressions: shareCommonSubexpressions,
  broadcasting: broadcastOperands,
} satisfies Record<string, Pass>;

export type PassName = keyof typeof passes;

/** Runs the passes and then what turns our ops into ONNX ops, which is not optional. */
export function compile(graph: Graph, without: readonly PassName[] = []): Graph {
  const order: PassName[] = ['deadCode', 'commonSubexpressions', 'broadcasting', 'deadCode'];
  let result = graph;
  for (const name of order) if (!without.includes(name)) result = passes[name](result);
  for (const lower of [lowerConvolutions, lowerMatMul, lowerOwnOps]) result = lower(result);
  return without.includes('deadCode') ? result : dropDeadCode(shareCommonSubexpressions(result));
}
