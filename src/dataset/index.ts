export { prepareCache, readCache } from './cache.ts';
export { finaliseDataset } from './finalise.ts';
export { checkDataset } from './health.ts';
export { createResampler, frameOf } from './resample.ts';
