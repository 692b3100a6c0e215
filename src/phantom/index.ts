export { writePhantom } from './write.ts';
