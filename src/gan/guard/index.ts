/** The stability guard's face; see docs/adr/008-conditions-and-guard.md. */
export {
  type GuardContext,
  isCalm,
  morePenalty,
  normLimits,
  observe,
  type StepSignals,
} from './observe.ts';
export { atNewGrowth, freshGuard, type GuardState, guardStateSchema } from './state.ts';
export { collapseOf, relativeVariety, type Variety, varietyOf } from './variety.ts';
