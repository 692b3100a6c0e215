import { type CardTexts, noCardTexts } from '../../base/cardTexts.ts';
import { appVersion } from '../../base/runtime.ts';
import type { Workspace } from '../../workspace/index.ts';
import { percent, shown } from './findings.ts';
import { otherState, readerRows } from './readers.ts';
import { type Report, setNames } from './report.ts';
import { plainMarkdown, statedMarkdown } from './stated.ts';
import { marking } from './style.ts';

/** What a model is, what it was made from, how it was judged and what it may be used for (Mitchell et al. 2019). */
export interface ModelCard {
  readonly kind: 'gantry-model-card';
  readonly version: 1;
  readonly createdAt: string;
  readonly application: string;
  readonly model: {
    readonly run: string;
    readonly preset: string;
    readonly sizePx: number;
    /** Resolution that a run which still grows makes its slices at, before they are enlarged. */
    readonly resolutionPx?: number;
    readonly imagesSeen: number;
    readonly sha256: string;
    readonly trainingSeconds: number;
    readonly device: string;
    readonly seed: number;
    /** All settings of the run. */
    readonly settings: unknown;
    /** What happened in training: rollbacks, skipped steps, resumptions. */
    readonly events: readonly { readonly images: number; readonly kind: string; readonly text: string }[];
  };
  readonly data: Report['dataset'] & {
    /** Hash of the dataset that was trained on; another than `hash` when the dataset has changed since. */
    readonly trainedHash: string;
    readonly modalities: readonly string[];
    readonly planes: readonly string[];
    readonly manufacturers: readonly string[];
    readonly fieldStrengthsT: readonly number[];
    readonly splitSeed: number;
    readonly notices: readonly string[];
  };
  readonly evaluation: Omit<
    Report,
    'spectra' | 'plausibility' | 'kind' | 'version' | 'dataset' | 'judged' | 'stated'
  >;
  /** In the words of those who made it; empty texts where they said nothing. */
  readonly stated: CardTexts;
  readonly uses: { readonly allowed: readonly string[]; readonly forbidden: readonly string[] };
  readonly caveats: readonly string[];
}

export const uses = {
  allowed: [
    'Research on image synthesis, on methods and on software, with the marks of every file kept.',
    'Adding to the training data of research models, with a test on real data of other people.',
  ],
  forbidden: [
    'Diagnosis, treatment or any decision on a person.',
    'Passing slices off as acquired images, or removing their marks.',
    'Claims about people or groups that the training data do not hold.',
    'Trying to find out who is in the training data.',
  ],
} as const;

/** Begins the sentence on counts that are not those of the training. */
export const datasetChanged = 'The dataset has changed since the training;';

export const caveats = [
  'Slices are made one by one: neighbours do not form a volume.',
  'The model cannot know anatomy, disease or scanners that its training data do not show.',
  'A test that finds no copy is no proof of anonymity. The weights may hold more of the training data than the slices show.',
  'The figures are made with features of this program; they are not published FID or FRD values.',
] as const;

function known<T>(values: readonly (T | undefined)[]): T[] {
  return [...new Set(values.filter((value) => value !== undefined))].sort();
}

export function modelCard(ws: Workspace, runId: string, report: Report): ModelCard {
  const run = ws.run(runId);
  const record = ws.dataset(run.dataset);
  const series = ws.series(run.dataset);
  const {
    spectra: _spectra,
    plausibility: _plausibility,
    kind: _kind,
    version: _version,
    dataset,
    judged,
    stated,
    ...evaluation
  } = report;
  return {
    kind: 'gantry-model-card',
    version: 1,
    createdAt: report.createdAt,
    application: `Gantry ${appVersion}`,
    model: {
      run: run.id,
      preset: run.preset,
      sizePx: run.size,
      ...(judged.resolution === undefined ? {} : { resolutionPx: Number(judged.resolution) }),
      imagesSeen: Number(judged['images seen'] ?? run.images),
      sha256: String(judged['model SHA-256'] ?? ''),
      trainingSeconds: Math.round(run.seconds),
      device: run.device,
      seed: run.seed,
      settings: run.config,
      events: ws.events(runId).map(({ images, kind, text }) => ({ images, kind, text })),
    },
    data: {
      ...dataset,
      trainedHash: run.datasetHash,
      modalities: record.modalities,
      planes: record.planes,
      manufacturers: known(series.map(({ attributes }) => attributes.manufacturer)),
      fieldStrengthsT: known(series.map(({ attributes }) => attributes.fieldStrengthT)),
      splitSeed: record.splitSeed,
      notices: record.notices,
    },
    evaluation,
    stated: stated ?? noCardTexts,
    uses,
    caveats,
  };
}

function bullets(items: readonly (string | number)[]): string {
  return items.length === 0 ? '- none' : items.map((item) => `- ${plainMarkdown(item)}`).join('\n');
}

function table(head: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const line = (cells: readonly (string | number)[]) => `| ${cells.map(plainMarkdown).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

/** The card as Markdown, for people; the JSON beside it holds the same and more. */
export function cardMarkdown(card: ModelCard): string {
  const { model, data, evaluation } = card;
  const { copying } = evaluation;
  const or = (items: readonly (string | number)[]) => (items.length === 0 ? 'not known' : items.join(', '));
  const figures = evaluation.figures.map(({ name, space, good, target, sets }) => [
    space === '' ? name : `${name}, ${space}`,
    good === 'near' ? `near ${target}` : good,
    ...setNames.map((set) => (sets[set] === undefined ? 'not told' : shown(sets[set].value))),
  ]);
  const groups = evaluation.subgroups.map((g) => [
    `${g.by}: ${g.group}`,
    g.real,
    g.subjects,
    shown(g.coverage.value),
    g.floorCoverage === null ? 'not told' : shown(g.floorCoverage),
    (g.warnings ?? []).join('; '),
  ]);
  return `# Model card: ${plainMarkdown(model.run)}

**For research only. ${marking}.** Made ${card.createdAt.slice(0, 10)} by ${card.application}.

## Model

${table(
  ['property', 'value'],
  [
    ['preset', model.preset],
    ['slice', `${model.sizePx} x ${model.sizePx} pixels`],
    ...(model.resolutionPx === undefined
      ? []
      : [['made at', `${model.resolutionPx} x ${model.resolutionPx} pixels: the run is still growing`]]),
    ['images seen in training', model.imagesSeen],
    ['training time', `${model.trainingSeconds} s on ${model.device}`],
    ['seed', model.seed],
    ['SHA-256 of the checkpoint', model.sha256],
  ],
)}

Events in training:

${bullets(model.events.map(({ images, kind, text }) => `${kind} at ${images} images${text === '' ? '' : `: ${text}`}`))}

## Training data

${table(
  ['property', 'value'],
  [
    ['dataset', data.name],
    ['hash', data.trainedHash],
    ['training', `${data.trainSlices} slices of ${data.trainSubjects} subjects`],
    ['held out', `${data.heldOutSlices} slices of ${data.heldOutSubjects} subjects`],
    ['split', `by subject, seed ${data.splitSeed}`],
    ['modality', or(data.modalities)],
    ['plane', or(data.planes)],
    ['manufacturer', or(data.manufacturers)],
    ['field strength, T', or(data.fieldStrengthsT)],
    ['notices', or(data.notices)],
  ],
)}

${data.hash === data.trainedHash ? '' : `${datasetChanged} the evaluation is against its present state.\n\n`}## Evaluation

${bullets(evaluation.findings)}

What cannot be told:

${bullets(evaluation.limits)}

${figures.length === 0 ? '' : `${evaluation.settings.compared} slices a set, seed ${evaluation.settings.seed}.\n\n${table(['figure', 'good', ...setNames], figures)}\n`}
## Copying

${
  copying === null
    ? 'Not told.'
    : bullets([
        `${copying.nearCopies.length} near-copies among ${copying.judged} slices (${percent(copying.share.value)}).`,
        copying.falseAlarms === null
          ? 'False alarms of the test: not told, no subject is held out.'
          : `False alarms of the test on ${copying.falseAlarms.of} held-out slices: ${percent(copying.falseAlarms.value)}.`,
        `C_T: ${copying.dataCopying === null ? 'not told' : shown(copying.dataCopying)}.`,
        `Authenticity: ${percent(copying.authenticity.synthetic)}.`,
        ...copying.membership.map(
          ({ space, attack, control }) =>
            `Membership inference (${space}): ${shown(attack.value)}; control ${shown(control.low ?? 0)} to ${shown(control.high ?? 1)}; 0.5 tells nothing.`,
        ),
      ])
}

## Subgroups

${groups.length === 0 ? 'None that can be told apart.' : table(['group', 'real slices', 'subjects', 'coverage', 'floor', 'warning'], groups)}

## Use for training

${
  evaluation.utility === null
    ? 'Not told.'
    : bullets([
        `Label: ${evaluation.utility.label}; labels of synthetic slices from ${evaluation.utility.labelsFrom}; balanced accuracy on held-out real slices, chance ${percent(evaluation.utility.chance)}.`,
        `Trained on real slices: ${percent(evaluation.utility.real.value)}; on synthetic ones: ${percent(evaluation.utility.synthetic.value)}; on both: ${percent(evaluation.utility.both.value)}.`,
      ])
}

## Reader studies

${
  evaluation.readerStudies.length === 0
    ? 'None that is finished.'
    : evaluation.readerStudies
        .map((study) => {
          const other = otherState(study, model.imagesSeen);
          return `### ${plainMarkdown(study.name)}\n\n${plainMarkdown(study.said)}\n\n${table(['property', 'value'], readerRows(study))}${other === '' ? '' : `\n\n${plainMarkdown(other)}`}`;
        })
        .join('\n\n')
}

${statedMarkdown(card.stated)}

## Uses

Allowed:

${bullets(card.uses.allowed)}

Forbidden:

${bullets(card.uses.forbidden)}

## Caveats

${bullets(card.caveats)}
`;
}
