import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readerSection } from '../../../../src/studio/evaluate/readers.ts';
import { keepStudy } from '../../../../src/studio/study/create.ts';
import { Studies } from '../../../../src/studio/study/studies.ts';
import { readerStudiesOf } from '../../../../src/studio/study/summary.ts';
import type { StudyKey } from '../../../../src/study/index.ts';
import { Workspace } from '../../../../src/workspace/index.ts';
import { makeStudy } from './makeStudy.ts';

const other = { real: 'synthetic', synthetic: 'real', left: 'right', right: 'left' } as const;

/**
 * Reads so many cases, training among them. Of the 12 that count, the first `wrong` synthetic ones are called
 * real; certain where right, a guess where wrong.
 */
function read(studies: Studies, id: number, key: StudyKey, reader: string, wrong: number, most = 100): void {
  const truth = new Map([...key.training, ...key.cases].map((one) => [one.id, one.answer]));
  const missed = new Set(
    key.cases
      .filter(({ answer }) => answer === 'synthetic')
      .slice(0, wrong)
      .map((one) => one.id),
  );
  for (let i = 0; i < most; i++) {
    const { open } = studies.state(id, reader);
    if (open === null) return;
    const is = truth.get(open.caseId)!;
    const isMissed = missed.has(open.caseId);
    studies.answer(id, reader, {
      caseId: open.caseId,
      choice: isMissed ? other[is] : is,
      confidence: isMissed ? 1 : 5,
      elapsedMs: 1000,
    });
  }
}

describe('reader studies in a report', () => {
  let folder: string;
  let ws: Workspace;
  let studies: Studies;
  const keep = (name: string, run = 'run-0001') => {
    const { study, key, images } = makeStudy(name, run);
    return { id: keepStudy(ws, study, key, images), key };
  };

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'gantry-summary-'));
    ws = Workspace.create(join(folder, 'workspace'));
    studies = new Studies(ws);
  });
  afterEach(() => {
    studies.close();
    ws.close();
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  });

  it('count the readers who have finished, with the figures of those', () => {
    const { id, key } = keep('Pilot');
    read(studies, id, key, 'R1', 3);
    read(studies, id, key, 'R2', 6, 9);
    const { studies: found, limits } = readerStudiesOf(ws, 'run-0001');
    expect(found).toHaveLength(1);
    const [one] = found;
    expect(one).toMatchObject({
      name: 'Pilot',
      cases: 12,
      readers: 1,
      unfinishedReaders: 1,
      answers: 12,
      effectiveAnswers: 12,
      imagesSeen: 640,
      agreement: null,
    });
    // 9 of 12: Wilson's interval as statsmodels' proportion_confint(9, 12, method="wilson") gives it.
    expect(one!.accuracy.value).toBe(0.75);
    expect(one!.accuracy.low).toBeCloseTo(0.46769, 4);
    expect(one!.accuracy.high).toBeCloseTo(0.91106, 4);
    // Three synthetic ones score -1, three +5, all real ones -5: every synthetic one stands above every real one.
    expect(one!.area!.value).toBe(1);
    expect(one!.sensitivity!.value).toBe(0.5);
    expect(one!.specificity!.value).toBe(1);
    // Exactly: two-sided binomial p of 9 of 12 is 2 (220 + 66 + 12 + 1) / 4096.
    expect(one!.differenceP).toBeCloseTo(598 / 4096, 6);
    expect(one!.conclusion).toBe('inconclusive');
    expect(one!.said).toContain('no proof that there is none');
    // As the study's own page and report say it.
    const { results } = studies.results(id);
    expect(results.readers).toHaveLength(one!.readers);
    expect(results.unfinished).toHaveLength(one!.unfinishedReaders);
    expect(results.pooled.answers).toBe(one!.answers);
    expect(limits).toEqual(['Reader study "Pilot": 1 reader has not finished and is not counted.']);
  });

  it('leave a damaged record out, and say so', () => {
    const { id } = keep('Broken');
    keep('Whole');
    const db = new DatabaseSync(join(folder, 'workspace', 'workspace.db'));
    db.prepare("UPDATE studies SET key = '{}' WHERE id = ?").run(id);
    db.close();
    expect(readerStudiesOf(ws, 'run-0001')).toEqual({
      studies: [],
      limits: [
        `Reader study ${id} is not counted: its record is damaged.`,
        'Reader study "Whole" is not counted: nobody has read it.',
      ],
    });
  });

  it('say which studies are unfinished, and leave those of other runs alone', () => {
    keep('Unread');
    const { id, key } = keep('Begun');
    read(studies, id, key, 'R1', 0, 5);
    const far = keep('Elsewhere', 'run-0002');
    read(studies, far.id, far.key, 'R1', 0);
    const { studies: found, limits } = readerStudiesOf(ws, 'run-0001');
    expect(found).toEqual([]);
    expect(limits).toEqual([
      'Reader study "Unread" is not counted: nobody has read it.',
      'Reader study "Begun" is not counted: it is unfinished (1 reader, the furthest at 5 of 14).',
    ]);
    expect(readerStudiesOf(ws, 'run-0002').studies.map(({ name }) => name)).toEqual(['Elsewhere']);
  });

  it('leave out a study whose answers were changed behind its back', () => {
    const { id, key } = keep('Pilot');
    read(studies, id, key, 'R1', 3);
    const db = new DatabaseSync(join(ws.dir, 'workspace.db'));
    db.exec('DROP TRIGGER study_answers_stand');
    db.exec(`UPDATE study_answers SET answer = replace(answer, '"confidence":1', '"confidence":2')`);
    db.close();
    expect(readerStudiesOf(ws, 'run-0001')).toEqual({
      studies: [],
      limits: ['Reader study "Pilot" is not counted: answers were changed after they were given.'],
    });
  });

  it('stand in the page with their sentence, and names are text there', () => {
    const { id, key } = keep('<b>Pilot</b> & "co"');
    read(studies, id, key, 'R1', 3);
    read(studies, id, key, 'R2', 2);
    const { studies: found } = readerStudiesOf(ws, 'run-0001');
    const html = readerSection(found, 1280);
    expect(html).not.toContain('<b>');
    expect(html).toContain('&#60;b&#62;Pilot');
    expect(html).toContain('75.0 % to 83.3 %');
    expect(html).toContain('after 640 images; this evaluation is of 1,280 images');
    expect(html).not.toMatch(/R1|R2/);
    expect(readerSection(found, 640)).not.toContain('this evaluation is of');
    expect(readerSection([], 640)).toBe('');
  });
});
