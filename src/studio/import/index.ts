export type { Privacy } from '../../workspace/index.ts';
export { checkImportable, type ImportResult, importPaths, NothingImported } from './importPaths.ts';
export { keptTextsOf } from './privacy.ts';
