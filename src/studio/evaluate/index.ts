import { join } from 'node:path';
import { GantryError } from '../../base/errors.ts';
import { appVersion } from '../../base/runtime.ts';
import type { LabelRequest } from '../../gan/index.ts';
import { chooseImages } from '../../metrics/index.ts';
import { type Workspace, writeFileAtomic } from '../../workspace/index.ts';
import { readerStudiesOf } from '../study/summary.ts';
import { cardMarkdown, modelCard } from './card.ts';
import { compare } from './compare.ts';
import { type Context, stagesOf } from './context.ts';
import { ownSpaces, userSpaces } from './features.ts';
import { findingsOf } from './findings.ts';
import { reportHtml } from './html.ts';
import { judgeNear } from './near.ts';
import { readReal } from './real.ts';
import type { Report } from './report.ts';
import { syntheticOfFolder, syntheticOfRun } from './synthetic.ts';
import { judgeUtility } from './utility.ts';

export type EvaluationSource =
  | {
      readonly run: string;
      readonly count: number;
      /** What a conditional run is asked for; default: labels as in its training data. */
      readonly labels?: LabelRequest | undefined;
      /** Dataset to judge against instead of the run's own: for a run that was imported. */
      readonly dataset?: string | undefined;
    }
  | { readonly dataset: string; readonly folder: string; readonly size?: number | undefined };

export interface EvaluationRequest {
  readonly source: EvaluationSource;
  readonly seed: number;
  /** Folder for report.json and report.html. */
  readonly outDir: string;
  /** Feature networks of the user (ONNX files), beside the built-in features. */
  readonly features?: readonly string[] | undefined;
  /** Show real training slices in the report; default true. */
  readonly showReal?: boolean | undefined;
}

export interface EvaluationOptions {
  readonly signal?: AbortSignal | undefined;
  /** `share` of the whole, 0 .. 1. */
  readonly onProgress?: ((share: number, stage: string) => void) | undefined;
}

export interface EvaluationResult {
  readonly report: Report;
  readonly html: string;
  readonly json: string;
  /** The model card, in Markdown and as JSON: for a run only. */
  readonly card?: { readonly markdown: string; readonly json: string };
}

const defaultSize = 64;

/**
 * Judges synthetic slices against the real ones of a dataset: fidelity, variety, copying, subgroups, plausibility.
 * Equal requests give equal numbers. Writes report.json and report.html,
 * and for a run model-card.md and model-card.json.
 * @throws NOT_FOUND, NO_INPUT, DATASET_TOO_SMALL, NOT_FINITE, CANCELLED, DISK_FULL
 */
export async function evaluate(
  ws: Workspace,
  request: EvaluationRequest,
  options: EvaluationOptions = {},
): Promise<EvaluationResult> {
  const { source, seed } = request;
  const { signal } = options;
  const stages = stagesOf(options.onProgress);
  const own = 'run' in source ? ws.run(source.run).dataset : undefined;
  const dataset = source.dataset ?? own ?? '';
  if (own !== undefined && source.dataset === undefined && !ws.hasDataset(own)) {
    throw new GantryError('NOT_FOUND', 'The slices that the run was trained on are not in this workspace.', {
      action: 'Judge it against a dataset that is: --run RUN --dataset NAME',
    });
  }
  const isForeign = own !== undefined && own !== dataset;
  const size = 'run' in source ? ws.run(source.run).size : (source.size ?? defaultSize);
  if (size < 16 || (size & (size - 1)) !== 0) {
    throw new GantryError('BAD_SIZE', `Slices of ${size} pixels cannot be evaluated.`, {
      action: 'Use a power of two from 16 on.',
    });
  }
  const record = ws.dataset(dataset);
  stages.next('Real slices', 0.03);
  const train = await readReal(ws, dataset, 'train', { size, seed, signal });
  const heldOut =
    record.heldOutSlices > 0 ? await readReal(ws, dataset, 'heldOut', { size, seed, signal }) : undefined;
  stages.next('Synthetic slices', 0.08);
  const synthetic =
    'run' in source
      ? await syntheticOfRun(ws, { ...source, seed }, signal, (done) => stages.within(done / source.count))
      : await syntheticOfFolder(source.folder, size, signal, (done, total) => stages.within(done / total));
  const users = await userSpaces(request.features ?? [], chooseImages(train.images, [0]));
  const limits = [
    ...(isForeign
      ? [
          'The run was not trained on this dataset: that no slice is a copy of its slices, or that its subjects are not recognised, says nothing of those that the run was trained on.',
        ]
      : []),
    ...synthetic.limits,
    ...users.limits,
  ];
  const read = 'run' in source ? readerStudiesOf(ws, source.run) : { studies: [], limits: [] };
  const context: Context = {
    ws,
    dataset,
    train,
    heldOut,
    synthetic,
    spaces: [...ownSpaces, ...users.spaces],
    featureFolder: join(ws.cacheDir, 'features'),
    seed,
    signal,
    stages,
    limits,
  };
  const judged = await judge(context).finally(() => users.dispose());
  stages.next('Report', 0.01);
  const partial = {
    kind: 'gantry-evaluation',
    version: 1,
    createdAt: new Date().toISOString(),
    application: `Gantry ${appVersion}`,
    judged: synthetic.judged,
    dataset: {
      name: dataset,
      hash: ws.datasetHash(dataset),
      trainSlices: train.total,
      trainSubjects: record.trainSubjects,
      heldOutSlices: heldOut?.total ?? 0,
      heldOutSubjects: record.heldOutSubjects,
    },
    settings: { size, seed, compared: judged.count },
    limits: [...limits, ...read.limits],
    figures: judged.figures,
    spectra: judged.spectra,
    copying: judged.copying,
    plausibility: judged.plausibility,
    subgroups: judged.subgroups,
    utility: judged.utility,
    readerStudies: read.studies,
    stated: 'run' in source ? ws.cardTexts(source.run) : null,
  } as const;
  const report: Report = { ...partial, findings: findingsOf(partial) };
  signal?.throwIfAborted();
  const html = join(request.outDir, 'report.html');
  const json = join(request.outDir, 'report.json');
  writeFileAtomic(
    html,
    reportHtml(report, { train: request.showReal === false ? undefined : train, synthetic }),
  );
  writeFileAtomic(json, `${JSON.stringify(report, null, 1)}\n`);
  // A card tells what a run was trained on, which a dataset of somebody else does not say.
  if (!('run' in source) || isForeign) return { report, html, json };
  const card = {
    markdown: join(request.outDir, 'model-card.md'),
    json: join(request.outDir, 'model-card.json'),
  };
  const made = modelCard(ws, source.run, report);
  writeFileAtomic(card.markdown, cardMarkdown(made));
  writeFileAtomic(card.json, `${JSON.stringify(made, null, 1)}\n`);
  return { report, html, json, card };
}

async function judge(context: Context) {
  const compared = await compare(context);
  const near = await judgeNear(context);
  context.stages.next('Use for training', 0.08);
  return { ...compared, ...near, utility: await judgeUtility(context) };
}
