export { type ExportResult, exportSlices } from './export.ts';
export type { Provenance, SyntheticSlice } from './marking.ts';
export { contactSheet } from './sheet.ts';
