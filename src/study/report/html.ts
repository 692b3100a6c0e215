import { conclusionOf } from '../conclusion.ts';
import type { Estimate } from '../proportion.ts';
import type { Figures, StudyResults } from '../results.ts';
import type { PublicStudy, StudyKey } from '../types.ts';
import { rocSvg } from './rocSvg.ts';

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);
}

const percent = (value: number) => (Number.isFinite(value) ? `${(value * 100).toFixed(1)} %` : '–');
const number = (value: number, digits: number) => (Number.isFinite(value) ? value.toFixed(digits) : '–');

function share(one: Estimate | null): string {
  return one === null
    ? '–'
    : `${percent(one.value)}<small>${percent(one.low)} to ${percent(one.high)}</small>`;
}

function area(one: Estimate | null): string {
  if (one === null || !Number.isFinite(one.value)) return '–';
  return `${number(one.value, 3)}<small>${number(one.low, 3)} to ${number(one.high, 3)}</small>`;
}

function row(name: string, one: Figures, yesNo: boolean): string {
  const cells = [
    `${one.answers}`,
    share(one.accuracy),
    ...(yesNo ? [share(one.sensitivity), share(one.specificity), area(one.area)] : []),
    `${number(one.elapsedMs[1] / 1000, 1)} s`,
  ];
  return `<tr><th scope="row">${escapeHtml(name)}</th>${cells.map((cell) => `<td>${cell}</td>`).join('')}</tr>`;
}

const style = `body{font:14px/1.5 system-ui,sans-serif;color:#111;background:#fff;max-width:60rem;margin:2rem auto;padding:0 1rem}
h1{font-size:1.5rem;margin:0}h2{font-size:1.05rem;margin:1.6rem 0 .4rem}p{margin:.4rem 0}
.said{border-left:4px solid #0f6591;padding:.5rem .9rem;background:#eef5f9;font-size:1.05rem}
table{border-collapse:collapse;width:100%}th,td{text-align:left;padding:.3rem .6rem .3rem 0;border-bottom:1px solid #ccc;vertical-align:top}
small{display:block;color:#555}.muted{color:#555}svg{max-width:20rem;height:auto}
@media print{body{margin:0}h2{break-after:avoid}tr{break-inside:avoid}}`;

/** The study as one page without scripts, to be read or printed. */
export function studyReport(study: PublicStudy, key: StudyKey, results: StudyResults): string {
  const yesNo = study.kind === 'yes-no';
  const { pooled, readers, unfinished, subgroups, agreement } = results;
  const head = [
    'Answers',
    'Accuracy',
    ...(yesNo ? ['Sensitivity', 'Specificity', 'ROC area'] : []),
    'Median time',
  ];
  const table = (name: string, rows: readonly string[]) =>
    `<table><thead><tr><th scope="col">${name}</th>${head.map((text) => `<th scope="col">${text}</th>`).join('')}</tr></thead><tbody>${rows.join('')}</tbody></table>`;
  const cases = (list: StudyResults['cases']) =>
    list
      .map(
        (one) =>
          `<tr><td>${escapeHtml(one.sources.join(', '))}</td><td>${escapeHtml(one.subgroup)}</td><td>${one.right} of ${one.answers}</td><td>${number(one.score, 1)}</td></tr>`,
      )
      .join('');
  const caseTable = (list: StudyResults['cases']) =>
    `<table><thead><tr><th scope="col">Slice</th><th scope="col">Subgroup</th><th scope="col">Recognised by</th><th scope="col">Mean score</th></tr></thead><tbody>${cases(list)}</tbody></table>`;
  const half = Math.min(5, Math.ceil(results.cases.length / 2));
  const body = [
    `<h1>${escapeHtml(study.name)}</h1>`,
    `<p class="muted">Blinded reader study, ${yesNo ? 'real or synthetic with five steps of confidence' : 'which of two is synthetic'}; ${study.cases.length} cases of ${study.size} × ${study.size} pixels, ${study.training.length} training cases before them; begun ${escapeHtml(study.createdAt.slice(0, 10))}.</p>`,
    pooled.answers === 0
      ? `<p class="said">${unfinished.length === 0 ? 'No answers have come in yet.' : 'Nobody has finished yet.'}</p>`
      : `<p class="said">${escapeHtml(conclusionOf(pooled))}</p>`,
    '<h2>Readers</h2>',
    table('Reader', [...readers.map((one) => row(one.reader, one, yesNo)), row('All', pooled, yesNo)]),
    unfinished.length === 0
      ? ''
      : `<p>Not finished, and not counted: ${unfinished.map(({ reader, done, total }) => `${escapeHtml(reader)} (${done} of ${total})`).join(', ')}.</p>`,
    '<p class="muted">Accuracy, sensitivity (synthetic called synthetic) and specificity (real called real) with 95 % Wilson intervals; ROC area of a reader with DeLong’s interval.',
    readers.length > 1
      ? ` Answers of several readers to the same cases are not independent: together they are worth ${number(results.effectiveAnswers, 0)} independent answers, and intervals of all readers are those of that number; the ROC area is the mean of the readers’ with a bootstrap interval over cases. Readers are taken as they are, not as a sample of all readers.`
      : '',
    '</p>',
    yesNo && pooled.answers > 0 ? `<h2>ROC curve</h2>${rocSvg(results.curve)}` : '',
    agreement === null
      ? ''
      : `<h2>Agreement</h2><p>Fleiss’ κ ${number(agreement.value, 2)} (${number(agreement.low, 2)} to ${number(agreement.high, 2)}), over ${agreement.cases} cases that all ${readers.length} readers answered.</p>`,
    subgroups.length === 0
      ? ''
      : `<h2>Subgroups by ${escapeHtml(key.label ?? '')}</h2>${table(
          'Subgroup',
          subgroups.map((one) => row(one.subgroup, one, yesNo)),
        )}`,
    results.cases.length === 0
      ? ''
      : `<h2>Most convincing synthetic slices</h2>${caseTable(results.cases.slice(0, half))}<h2>Least convincing</h2>${caseTable([...results.cases].reverse().slice(0, half))}<p class="muted">Score: −5 certain that it is real, +5 certain that it is synthetic.</p>`,
    '<h2>How it was done</h2>',
    `<ul>${key.notes.map((note) => `<li>${escapeHtml(note)}</li>`).join('')}<li>Margin of equivalence, set before the first answer: ±${percent(key.margin)}.</li><li>Answers are locked by a hash chain; the truth was fixed before the first answer by the commitment ${study.keyCommitment.slice(0, 16)}….</li></ul>`,
  ];
  return `<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>${escapeHtml(study.name)}</title><style>${style}</style></head><body>${body.join('\n')}</body></html>\n`;
}
