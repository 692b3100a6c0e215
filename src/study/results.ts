import { Random } from '../base/random.ts';
import { fleissKappa } from './agreement.ts';
import type { Entry } from './chain.ts';
import {
  type Equivalence,
  type Estimate,
  effectiveAnswers,
  equivalenceByScore,
  equivalenceToChance,
  type Share,
  wilson,
} from './proportion.ts';
import { type RocPoint, rocArea, rocCurve } from './roc.ts';
import type { Answer, CaseKey, PublicStudy, StudyKey } from './types.ts';

export interface Reading {
  readonly reader: string;
  readonly entries: readonly Entry[];
}

/** Figures of a set of answers. */
export interface Figures {
  readonly answers: number;
  readonly accuracy: Share;
  /** Synthetic slices called synthetic; null for forced choice. */
  readonly sensitivity: Share | null;
  /** Real slices called real; null for forced choice. */
  readonly specificity: Share | null;
  /** Area under the ROC curve of "how synthetic"; for forced choice it is the accuracy, and null here. */
  readonly area: Estimate | null;
  readonly equivalence: Equivalence;
  /** First quartile, median, third quartile. */
  readonly elapsedMs: readonly [number, number, number];
}

export interface CaseFigures {
  readonly id: string;
  readonly answer: CaseKey['answer'];
  readonly subgroup: string;
  readonly sources: readonly string[];
  readonly right: number;
  readonly answers: number;
  /** Mean over readers of how synthetic it looked, -5 certain real .. +5 certain synthetic. */
  readonly score: number;
}

export interface StudyResults {
  readonly kind: PublicStudy['kind'];
  /** Those who have finished; all other figures are theirs. */
  readonly readers: readonly ({ readonly reader: string } & Figures)[];
  /** Those who have begun, and are not counted: who stops half-way may be who finds it hard. */
  readonly unfinished: readonly { readonly reader: string; readonly done: number; readonly total: number }[];
  readonly pooled: Figures;
  /** Answers of independent readers that the pooled ones are worth. */
  readonly effectiveAnswers: number;
  readonly subgroups: readonly ({ readonly subgroup: string } & Figures)[];
  /** Over the cases that all readers answered; null with one reader. */
  readonly agreement: (Estimate & { readonly cases: number }) | null;
  readonly curve: readonly RocPoint[];
  /** Synthetic cases, the most convincing first. */
  readonly cases: readonly CaseFigures[];
}

interface Judged {
  readonly reader: string;
  readonly answer: Answer;
  readonly key: CaseKey;
  readonly right: boolean;
  /** How synthetic it looked (or how left, for forced choice). */
  readonly score: number;
}

const bootstraps = 1000;

/** "Real, certain" is -5, "real, a guess" -1, "synthetic, certain" +5. */
export function scoreOf({ choice, confidence }: Answer): number {
  return choice === 'synthetic' || choice === 'left' ? confidence : -confidence;
}

function judge(readings: readonly Reading[], key: StudyKey): Judged[] {
  const keys = new Map(key.cases.map((one) => [one.id, one]));
  return readings.flatMap(({ reader, entries }) =>
    entries.flatMap(({ answer }): Judged[] => {
      const truth = keys.get(answer.caseId);
      if (truth === undefined) return [];
      return [{ reader, answer, key: truth, right: answer.choice === truth.answer, score: scoreOf(answer) }];
    }),
  );
}

function quantile(ascending: readonly number[], share: number): number {
  if (ascending.length === 0) return Number.NaN;
  const place = share * (ascending.length - 1);
  const low = ascending[Math.floor(place)]!;
  return low + (ascending[Math.ceil(place)]! - low) * (place - Math.floor(place));
}

function byTruth(judged: readonly Judged[]): { positives: number[]; negatives: number[] } {
  const scores = (answer: CaseKey['answer']) =>
    judged.filter((one) => one.key.answer === answer).map(({ score }) => score);
  return { positives: scores('synthetic'), negatives: scores('real') };
}

/** Mean over readers of each one's area; the interval from drawing cases anew, real and synthetic apart. */
function pooledArea(judged: readonly Judged[]): Estimate {
  const readers = [...new Set(judged.map(({ reader }) => reader))];
  const table = new Map<string, { key: CaseKey; scores: Map<string, number> }>();
  for (const one of judged) {
    const row = table.get(one.key.id) ?? { key: one.key, scores: new Map() };
    row.scores.set(one.reader, one.score);
    table.set(one.key.id, row);
  }
  const rows = [...table.values()];
  const groups = (['synthetic', 'real'] as const).map((truth) =>
    rows.filter(({ key }) => key.answer === truth),
  );
  const mean = (drawn: readonly (typeof rows)[]) => {
    const areas = readers.flatMap((reader) => {
      const [positives, negatives] = drawn.map((group) =>
        group.flatMap(({ scores }) => {
          const score = scores.get(reader);
          return score === undefined ? [] : [score];
        }),
      );
      const { value } = rocArea(positives ?? [], negatives ?? []);
      return Number.isNaN(value) ? [] : [value];
    });
    return areas.reduce((a, b) => a + b, 0) / areas.length;
  };
  const random = new Random(1, 'study-bootstrap');
  const drawn = Array.from({ length: bootstraps }, () =>
    mean(groups.map((group) => group.map(() => group[random.int(group.length)]!))),
  )
    .filter(Number.isFinite)
    .sort((a, b) => a - b);
  return { value: mean(groups), low: quantile(drawn, 0.025), high: quantile(drawn, 0.975) };
}

function figures(judged: readonly Judged[], kind: PublicStudy['kind'], margin: number): Figures {
  const share = (part: readonly Judged[], effective = part.length): Share => {
    const hits = part.filter(({ right }) => right).length;
    const { value, low, high } =
      part.length === 0 ? wilson(0, 0) : wilson((hits / part.length) * effective, effective);
    return { hits, of: part.length, value, low, high };
  };
  const readers = new Set(judged.map(({ reader }) => reader)).size;
  const worth = readers > 1 ? worthOf(judged) : judged.length;
  const accuracy = share(judged, worth);
  const yesNo = kind === 'yes-no';
  const { positives, negatives } = byTruth(judged);
  const scaled = (answer: CaseKey['answer']) => {
    const part = judged.filter((one) => one.key.answer === answer);
    return share(part, readers > 1 ? worthOf(part) : part.length);
  };
  const times = judged.map(({ answer }) => answer.elapsedMs).sort((a, b) => a - b);
  const area = readers > 1 ? pooledArea(judged) : rocArea(positives, negatives);
  return {
    answers: judged.length,
    accuracy,
    sensitivity: yesNo ? scaled('synthetic') : null,
    specificity: yesNo ? scaled('real') : null,
    area: yesNo ? { value: area.value, low: area.low, high: area.high } : null,
    equivalence:
      readers > 1
        ? equivalenceByScore(accuracy.value, worth, margin)
        : equivalenceToChance(accuracy.hits, accuracy.of, margin),
    elapsedMs: [quantile(times, 0.25), quantile(times, 0.5), quantile(times, 0.75)],
  };
}

function worthOf(judged: readonly Judged[]): number {
  const byCase = new Map<string, { hits: number; of: number }>();
  for (const { key, right } of judged) {
    const row = byCase.get(key.id) ?? { hits: 0, of: 0 };
    row.of++;
    if (right) row.hits++;
    byCase.set(key.id, row);
  }
  return effectiveAnswers([...byCase.values()]);
}

function agreementOf(judged: readonly Judged[], readers: number): StudyResults['agreement'] {
  if (readers < 2) return null;
  const counts = new Map<string, number[]>();
  for (const { key, score } of judged) {
    const row = counts.get(key.id) ?? [0, 0];
    row[score > 0 ? 0 : 1]!++;
    counts.set(key.id, row);
  }
  const whole = [...counts.values()].filter((row) => row[0]! + row[1]! === readers);
  return { ...fleissKappa(whole), cases: whole.length };
}

/** The figures of a study. Neither training cases nor readers who have not finished are counted. */
export function studyResults(study: PublicStudy, key: StudyKey, readings: readonly Reading[]): StudyResults {
  const all = study.training.length + study.cases.length;
  const finished = readings.filter(({ entries }) => entries.length >= all);
  const judged = judge(finished, key);
  const part = (list: readonly Judged[]) => figures(list, study.kind, key.margin);
  const subgroups = [...new Set(key.cases.map(({ subgroup }) => subgroup))].sort();
  const { positives, negatives } = byTruth(judged);
  const perCase = key.cases.map((one): CaseFigures => {
    const own = judged.filter(({ key: { id } }) => id === one.id);
    return {
      ...one,
      right: own.filter(({ right }) => right).length,
      answers: own.length,
      score: own.reduce((sum, { score }) => sum + score, 0) / own.length,
    };
  });
  const convincing = (one: CaseFigures) =>
    study.kind === 'yes-no' ? one.score : one.answer === 'left' ? one.score : -one.score;
  return {
    kind: study.kind,
    readers: finished.map(({ reader }) => ({
      reader,
      ...part(judged.filter((one) => one.reader === reader)),
    })),
    unfinished: readings
      .filter(({ entries }) => entries.length > 0 && entries.length < all)
      .map(({ reader, entries }) => ({ reader, done: entries.length, total: all })),
    pooled: part(judged),
    effectiveAnswers: finished.length > 1 ? worthOf(judged) : judged.length,
    subgroups:
      subgroups.length < 2
        ? []
        : subgroups.map((subgroup) => ({
            subgroup,
            ...part(judged.filter((one) => one.key.subgroup === subgroup)),
          })),
    agreement: agreementOf(judged, finished.length),
    curve: study.kind === 'yes-no' ? rocCurve(positives, negatives) : [],
    cases: perCase
      .filter(({ answer, answers }) => answer !== 'real' && answers > 0)
      .sort((a, b) => convincing(a) - convincing(b) || a.id.localeCompare(b.id)),
  };
}
