import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { GantryError } from '../../base/errors.ts';
import type {
  ReadingState,
  StudyAimInput,
  StudyEstimate,
  StudyFigures,
  StudyRequest,
  StudyResultsView,
  StudySummary,
} from '../../contract/study.ts';
import { datasetLabels } from '../../dataset/index.ts';
import { studySize } from '../../study/index.ts';
import type { Estimate } from '../../study/proportion.ts';
import type { Figures } from '../../study/results.ts';
import type { Workspace } from '../../workspace/index.ts';
import { buildStudyAside } from './build.ts';
import { keepStudy } from './create.ts';
import { Studies } from './studies.ts';

const mostFileBytes = 1024 ** 3;

/** What the screens need of the app's jobs. */
export interface JobStarter {
  start(
    kind: 'study' | 'review',
    subject: string,
    work: (job: {
      readonly signal: AbortSignal;
      progress(progress: { done: number; total: number }): void;
    }) => Promise<Record<string, string | number | null>>,
  ): { readonly id: string };
}

/** Reader studies as the screens see them. */
export class StudyViews {
  readonly studies: Studies;
  private readonly ws: Workspace;
  private readonly jobs: JobStarter;

  constructor(ws: Workspace, jobs: JobStarter) {
    this.ws = ws;
    this.jobs = jobs;
    this.studies = new Studies(ws);
  }

  list(): StudySummary[] {
    return this.studies.list().map(({ id, study, hasKey, readers }) => ({
      id: String(id),
      name: study.name,
      kind: study.kind,
      createdAt: study.createdAt,
      cases: study.cases.length,
      training: study.training.length,
      size: study.size,
      isOwn: hasKey,
      readers: readers.map((one) => ({ ...one })),
    }));
  }

  advice(aim: StudyAimInput, readers: number): { answers: number; cases: number } {
    const { answers, cases } = studySize(aim, { readers });
    return { answers, cases };
  }

  /** Class labels of the dataset of a run with at least two values. */
  labels(runId: string): string[] {
    const { dataset } = this.ws.run(runId);
    if (!this.ws.hasDataset(dataset)) return [];
    return datasetLabels(this.ws, dataset).flatMap(({ name, kind, values }) =>
      kind === 'class' && values.length > 1 && values.length <= 12 ? [name] : [],
    );
  }

  create({ runId, ...request }: StudyRequest): string {
    this.ws.run(runId);
    return this.jobs.start('study', request.name, async (job) => {
      const { study, key, images } = await buildStudyAside(
        this.ws.dir,
        { ...request, run: runId },
        { signal: job.signal, onProgress: (done, total) => job.progress({ done, total }) },
      );
      return { studyId: String(keepStudy(this.ws, study, key, images)), cases: study.cases.length };
    }).id;
  }

  reading(studyId: string, reader: string): ReadingState {
    return toReading(this.studies.state(idOf(studyId), reader));
  }

  /** Takes in the one file of an upload: a study or answers. */
  async take(folder: string) {
    const [name, ...more] = await readdir(folder);
    if (name === undefined || more.length > 0) throw new GantryError('USAGE', 'Send one file at a time.');
    const file = join(folder, name);
    if ((await stat(file)).size > mostFileBytes) throw new GantryError('TOO_LARGE', 'The file is too large.');
    const bytes = new Uint8Array(await readFile(file));
    if (bytes[0] === 0x7b) {
      const { id, reader, added, code } = this.studies.importAnswers(new TextDecoder().decode(bytes));
      return { what: 'answers' as const, studyId: String(id), reader, added, code };
    }
    const id = this.studies.importStudy(bytes);
    return { what: 'study' as const, studyId: String(id), reader: null, added: 0, code: null };
  }

  results(studyId: string): StudyResultsView {
    const { study, key, results } = this.studies.results(idOf(studyId));
    const places = new Map(study.cases.map(({ id, images }) => [id, images]));
    const { margin, p, differenceP, conclusion } = results.pooled.equivalence;
    return {
      name: study.name,
      kind: study.kind,
      pooled: figuresOf('', results.pooled),
      readers: results.readers.map((one) => figuresOf(one.reader, one)),
      unfinished: results.unfinished.map((one) => ({ ...one })),
      subgroups: results.subgroups.map((one) => figuresOf(one.subgroup, one)),
      label: key.label,
      effectiveAnswers: finite(results.effectiveAnswers),
      equivalence: { margin, p, differenceP, conclusion },
      agreement:
        results.agreement === null
          ? null
          : { ...estimateOf(results.agreement), cases: results.agreement.cases },
      curve: results.curve.map((point) => ({ ...point })),
      cases: results.cases.map(({ id, answer, subgroup, sources, right, answers, score }) => {
        const at = answer === 'right' ? 1 : 0;
        return {
          image: places.get(id)?.[at] ?? 0,
          subgroup,
          source: sources[at] ?? '',
          right,
          answers,
          score: finite(score),
        };
      }),
      notes: [...key.notes],
    };
  }

  close(): void {
    this.studies.close();
  }
}

/** A row's number from what the screens know it by. @throws NOT_FOUND */
export function idOf(text: string): number {
  if (/^\d{1,12}$/.test(text)) return Number(text);
  throw new GantryError('NOT_FOUND', 'There is nothing of this name in the workspace.');
}

export function toReading(state: ReturnType<Studies['state']>): ReadingState {
  return { ...state, open: state.open === null ? null : { ...state.open, images: [...state.open.images] } };
}

function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}

function estimateOf({ value, low, high }: Estimate): StudyEstimate {
  return { value: finite(value), low: finite(low), high: finite(high) };
}

function figuresOf(name: string, one: Figures): StudyFigures {
  const maybe = (estimate: Estimate | null) => (estimate === null ? null : estimateOf(estimate));
  return {
    name,
    answers: one.answers,
    accuracy: estimateOf(one.accuracy),
    sensitivity: maybe(one.sensitivity),
    specificity: maybe(one.specificity),
    area: maybe(one.area),
    medianMs: finite(one.elapsedMs[1]),
  };
}
