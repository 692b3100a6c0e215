export type { Privacy } from '../../workspace/index.ts';
export { type ImportResult, importPaths, NothingImported } from './importPaths.ts';
export { keptTextsOf } from './privacy.ts';
