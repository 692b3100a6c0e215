import type { StudyResults } from '../results.ts';
import { type Reading, scoreOf } from '../results.ts';
import type { StudyKey } from '../types.ts';

/** One field of RFC 4180. A leading sign that a spreadsheet would take for a formula gets an apostrophe. */
function field(value: string | number): string {
  const text = typeof value === 'number' ? (Number.isFinite(value) ? String(value) : '') : value;
  const safe = typeof value === 'string' && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

function lines(rows: readonly (readonly (string | number)[])[]): string {
  return rows.map((row) => `${row.map(field).join(',')}\r\n`).join('');
}

/** Every answer that counts with its truth, a line each: what a statistician reads. */
export function answersCsv(key: StudyKey, readings: readonly Reading[]): string {
  const keys = new Map(key.cases.map((one) => [one.id, one]));
  const rows = readings.flatMap(({ reader, entries }) =>
    entries.flatMap(({ answer }, i) => {
      const truth = keys.get(answer.caseId);
      if (truth === undefined) return [];
      const { caseId, choice, confidence, elapsedMs } = answer;
      const right = choice === truth.answer ? 1 : 0;
      return [
        [
          reader,
          i + 1,
          caseId,
          truth.subgroup,
          truth.answer,
          choice,
          confidence,
          scoreOf(answer),
          right,
          elapsedMs,
        ],
      ];
    }),
  );
  return lines([
    [
      'reader',
      'position',
      'case',
      'subgroup',
      'truth',
      'answer',
      'confidence',
      'score',
      'right',
      'elapsed_ms',
    ],
    ...rows,
  ]);
}

/** The figures of readers, subgroups and all together as a table. */
export function figuresCsv(results: StudyResults): string {
  const rows = [
    ...results.readers.map((one) => ({ name: `reader ${one.reader}`, ...one })),
    ...results.subgroups.map((one) => ({ name: `subgroup ${one.subgroup}`, ...one })),
    { name: 'all', ...results.pooled },
  ];
  const estimate = (one: { value: number; low: number; high: number } | null): (string | number)[] =>
    one === null ? ['', '', ''] : [one.value, one.low, one.high];
  const named = (name: string) => [name, `${name}_low`, `${name}_high`];
  return lines([
    [
      'of',
      'answers',
      ...['accuracy', 'sensitivity', 'specificity', 'roc_area'].flatMap(named),
      'equivalence_margin',
      'equivalence_p',
      'difference_p',
      'conclusion',
      'median_ms',
    ],
    ...rows.map((row) => [
      row.name,
      row.answers,
      ...[row.accuracy, row.sensitivity, row.specificity, row.area].flatMap(estimate),
      row.equivalence.margin,
      row.equivalence.p,
      row.equivalence.differenceP,
      row.equivalence.conclusion,
      row.elapsedMs[1],
    ]),
  ]);
}
