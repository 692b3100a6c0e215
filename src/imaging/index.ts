export { referencedFiles } from './dicom/directory.ts';
export { mayShowFace } from './face.ts';
export { normalOf, planeOf, sortSlices } from './geometry.ts';
export { detectKind, inspectImage, readHeaders, readImage } from './read.ts';
export * from './types.ts';
export { cutsAcross, VolumeBuilder } from './volume/reslice.ts';
export { type Irregular, type StackMember, stackOf } from './volume/stack.ts';
