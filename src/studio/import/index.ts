export {
  type ImportOptions,
  type ImportProgress,
  type ImportResult,
  importPaths,
  NothingImported,
} from './importPaths.ts';
export type { Rejection } from './types.ts';
