export { type ExportOptions, type ExportResult, exportSlices } from './export.ts';
export type { IntensityFrom } from './intensity.ts';
export type { ExportFormat } from './manifest.ts';
export { marking, type Provenance, type SyntheticSlice } from './marking.ts';
export { type ContactSheet, contactSheet } from './sheet.ts';
