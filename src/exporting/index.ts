export { type ExportResult, exportSlices } from './export.ts';
export { manifestName, manifestSchema } from './manifest.ts';
export type { Provenance, SyntheticSlice } from './marking.ts';
export { contactSheet } from './sheet.ts';
