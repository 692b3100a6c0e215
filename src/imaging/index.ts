export { mayShowFace } from './face.ts';
export { normalOf, planeOf, type SliceOrder, sortSlices } from './geometry.ts';
export { detectKind, type ImageKind, inspectImage, readHeaders, readImage } from './read.ts';
export type * from './types.ts';
