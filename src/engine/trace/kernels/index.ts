import type { TraceKernel } from '../kernel.ts';
import { binaryKernels } from './binary.ts';
import { elementwiseKernels } from './elementwise.ts';
import { linearKernels } from './linear.ts';
import { ownKernels } from './own.ts';
import { reductionKernels } from './reductions.ts';
import { shapeKernels } from './shapes.ts';

/** The kernel table: everything that a program may use when it is traced. */
export const kernelTable: readonly TraceKernel[] = [
  ...elementwiseKernels,
  ...binaryKernels,
  ...reductionKernels,
  ...shapeKernels,
  ...linearKernels,
  ...ownKernels,
];
