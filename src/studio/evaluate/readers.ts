import type { ReaderStudy } from '../study/summary.ts';
import { escaped } from './markup.ts';

const shares = (value: number) => `${(100 * value).toFixed(1)} %`;

/** Rows of a study's table in the report and in the model card: a name and a plain text. */
export function readerRows(study: ReaderStudy): [string, string][] {
  const { accuracy, readerAccuracies, sensitivity, specificity, area, agreement } = study;
  const share = (one: ReaderStudy['accuracy'] | null) =>
    one === null ? 'not told' : `${shares(one.value)} (${shares(one.low)} to ${shares(one.high)})`;
  const plain = (one: ReaderStudy['accuracy'], digits: number) =>
    `${one.value.toFixed(digits)} (${one.low.toFixed(digits)} to ${one.high.toFixed(digits)})`;
  const many = study.readers > 1;
  const rows: [string, string][] = [
    ['Begun', study.begun],
    ['Cases', `${study.cases}`],
    [
      'Readers',
      `${study.readers}${study.unfinishedReaders > 0 ? `; ${study.unfinishedReaders} not finished, not counted` : ''}`,
    ],
    [
      'Answers',
      `${study.answers}${many ? `, worth ${study.effectiveAnswers.toFixed(0)} independent ones` : ''}`,
    ],
    ['Accuracy (95 % Wilson interval)', share(accuracy)],
  ];
  if (many) {
    rows.push([
      'Accuracy of the readers',
      `${shares(readerAccuracies.lowest)} to ${shares(readerAccuracies.highest)}`,
    ]);
  }
  if (study.kind === 'yes-no') {
    rows.push(['Synthetic called synthetic', share(sensitivity)], ['Real called real', share(specificity)]);
    rows.push(['ROC area', area === null ? 'not told' : plain(area, 3)]);
  } else rows.push(['ROC area', 'equal to the accuracy in a forced choice']);
  if (agreement !== null) rows.push(['Agreement of readers (Fleiss’ κ)', plain(agreement, 2)]);
  rows.push([
    'Counted as guessing',
    `accuracy within ${shares(0.5 - study.margin)} to ${shares(0.5 + study.margin)}`,
  ]);
  return rows;
}

/** A caveat where a study judged another state of the network than this evaluation does; else empty. */
export function otherState({ imagesSeen }: ReaderStudy, judged: unknown): string {
  return typeof judged !== 'number' || imagesSeen === null || imagesSeen === judged
    ? ''
    : `The study judged the network after ${imagesSeen.toLocaleString('en')} images; this evaluation is of ${judged.toLocaleString('en')} images.`;
}

/** The reader studies of the run as a section of the report; empty without any. */
export function readerSection(studies: readonly ReaderStudy[], judged: unknown): string {
  if (studies.length === 0) return '';
  const parts = studies.map((study) => {
    const rows = readerRows(study).map(
      ([name, text]) => `<tr><th scope="row">${escaped(name)}</th><td>${escaped(text)}</td></tr>`,
    );
    const other = otherState(study, judged);
    return `<h3>${escaped(study.name)}</h3><p class="said">${escaped(study.said)}</p>
<div class="wide"><table class="narrow"><tbody>${rows.join('')}</tbody></table></div>${other === '' ? '' : `<p>${escaped(other)}</p>`}`;
  });
  return `<h2>Reader studies</h2>
<p>Readers were shown real and synthetic slices without being told which is which; the margin within which an accuracy counts as guessing was set before the first answer. Several readers of the same cases are not independent: intervals are those of the number of independent answers that theirs are worth. Readers are taken as they are, not as a sample of all readers.</p>
${parts.join('\n')}`;
}
