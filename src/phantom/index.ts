export { type PhantomOptions, writePhantom } from './write.ts';
