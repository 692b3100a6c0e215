import { setImmediate } from 'node:timers/promises';
import { throwIfCancelled } from '../base/errors.ts';
import type { DatasetRecord, Workspace } from '../workspace/index.ts';
import { type Thumbnail, thumbnailSize } from './duplicates.ts';
import { type Finding, type Inventory, type SliceRule, severities } from './findings/finding.ts';
import { intensityFindings } from './findings/intensity.ts';
import { mixtureFindings, type Spread, spreadsOf } from './findings/mixtures.ts';
import { repeatFindings } from './findings/repeats.ts';
import { defaultNeeds, type Needs, sizeFindings } from './findings/sizes.ts';
import { ImageMaker } from './images.ts';

export interface HealthReport {
  readonly dataset: DatasetRecord;
  /** Worst first. */
  readonly findings: readonly Finding[];
  readonly spreads: readonly Spread[];
  /** No problem and no warning. */
  readonly healthy: boolean;
}

export interface HealthOptions {
  /** What the chosen preset needs; a finding says so when the dataset has less. */
  readonly needs?: Needs | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

/** All used slices as small images, with their subjects and sides. */
async function inventoryOf(ws: Workspace, name: string, options: HealthOptions): Promise<Inventory> {
  const dataset = ws.dataset(name);
  const maker = new ImageMaker(ws, name, thumbnailSize);
  const series = ws.series(name);
  const sides = new Map(ws.subjects(name).map(({ id, side }) => [id, side]));
  const subjects = new Map(series.map((one) => [one.id, one.subject]));
  const thumbnails: Thumbnail[] = [];
  const slices = ws.slices(name, { state: 'used' });
  for (const slice of slices) {
    const subject = subjects.get(slice.series) ?? 0;
    thumbnails.push({ slice, subject, side: sides.get(subject) ?? null, image: maker.image(slice) });
    if (thumbnails.length % 64 !== 0) continue;
    throwIfCancelled(options.signal);
    options.onProgress?.(thumbnails.length, slices.length);
    await setImmediate();
  }
  options.onProgress?.(slices.length, slices.length);
  return { dataset, series, thumbnails };
}

/**
 * Looks a dataset over before it is trained on: duplicates and leaks between subjects, mixtures, outliers, size.
 * Reads every used slice once; memory is about 4 KB a slice.
 * @throws NOT_FOUND, DATASET_CHANGED (an import was cut off), CANCELLED
 */
export async function checkDataset(
  ws: Workspace,
  name: string,
  options: HealthOptions = {},
): Promise<HealthReport> {
  const inventory = await inventoryOf(ws, name, options);
  const findings = [
    ...repeatFindings(inventory),
    ...mixtureFindings(inventory),
    ...intensityFindings(inventory),
    ...sizeFindings(inventory, options.needs ?? defaultNeeds),
  ].sort((a, b) => severities.indexOf(a.severity) - severities.indexOf(b.severity));
  return {
    dataset: inventory.dataset,
    findings,
    spreads: spreadsOf(inventory),
    healthy: findings.every(({ severity }) => severity === 'note'),
  };
}

/** The used slices that a rule would set aside now. @throws as `checkDataset` */
export async function slicesByRule(
  ws: Workspace,
  name: string,
  rule: SliceRule,
  options: HealthOptions = {},
): Promise<number[]> {
  const { findings } = await checkDataset(ws, name, options);
  return [...new Set(findings.filter((f) => f.rule === rule).flatMap(({ excludes }) => excludes))];
}
