/** Tools for a run's latent space: paths, label walks, projections, neighbours. See docs/adr/010-latent.md. */
export { allLeftOut, exportSequence, release, resemblance } from './export.ts';
export type { LatentRequest, ProjectionRequest } from './request.ts';
export { readLatent, writeLatent } from './saved.ts';
export { evenly, makeSequence } from './sequence.ts';
export { drawSequence } from './sheet.ts';
export type { LatentOptions, Sequence } from './types.ts';
