export { type ImportResult, importPaths, NothingImported } from './importPaths.ts';
