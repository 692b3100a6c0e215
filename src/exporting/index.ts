export { type ExportResult, exportSlices } from './export.ts';
export { manifestName, manifestSchema } from './manifest.ts';
export { marking, type Provenance, type SliceOrigin, type SyntheticSlice } from './marking.ts';
export { contactSheet } from './sheet.ts';
