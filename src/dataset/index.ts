export { type ImageCache, type PrepareOptions, prepareCache, readCache } from './cache.ts';
export { finaliseDataset, isUnfinished } from './finalise.ts';
export { checkDataset, type Finding, type HealthReport } from './health.ts';
export { ImageMaker, type ImageMap, unitImage } from './images.ts';
export { type DisplayTransform, displayTransform } from './orient.ts';
export { fewSubjects } from './split.ts';
export { fromUnit, type IntensityWindow, toUnit } from './window.ts';
