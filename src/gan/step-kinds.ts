import type { RunConfig } from './config.ts';
import { pathLengthOf } from './path-length.ts';

/** Which of the lazy regularisations a step has; each kind that a run has is a program of its own. */
export interface StepKind {
  /** The gradient penalty of the discriminator. */
  readonly penalised: boolean;
  /** Path length regularisation of the generator. */
  readonly paths: boolean;
}

/** @param step steps begun before this one */
export function kindAt(config: RunConfig, step: number): StepKind {
  const { real, fake, every } = config.penalty;
  const paths = pathLengthOf(config);
  return {
    penalised: (real || fake) && step % every === 0,
    paths: paths !== null && step % paths.every === 0,
  };
}

export const programOf = ({ penalised, paths }: StepKind): string =>
  [...(penalised ? ['penalised'] : []), ...(paths ? ['paths'] : [])].join('-') || 'plain';

/** Steps after which the pattern of kinds repeats, at the latest. */
export const periodOf = (config: RunConfig): number =>
  config.penalty.every * (pathLengthOf(config)?.every ?? 1);

/** The kinds of steps that a run has, with the share of the steps that are of it. */
export function kindsOf(config: RunConfig): { readonly kind: StepKind; readonly share: number }[] {
  const period = periodOf(config);
  const counts = new Map<string, { kind: StepKind; steps: number }>();
  for (let step = 0; step < period; step++) {
    const kind = kindAt(config, step);
    const name = programOf(kind);
    counts.set(name, { kind, steps: (counts.get(name)?.steps ?? 0) + 1 });
  }
  return [...counts.values()].map(({ kind, steps }) => ({ kind, share: steps / period }));
}
