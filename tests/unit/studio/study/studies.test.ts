import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { rejectedSlices } from '../../../../src/studio/review/sets.ts';
import { keepStudy } from '../../../../src/studio/study/create.ts';
import { Studies } from '../../../../src/studio/study/studies.ts';
import { Workspace } from '../../../../src/workspace/index.ts';
import { ReviewStore } from '../../../../src/workspace/reviews.ts';
import { makeStudy } from './makeStudy.ts';

/** Reads on to the end, or so many cases. */
function read(studies: Studies, id: number, reader: string, most = 100): void {
  for (let i = 0; i < most; i++) {
    const { open } = studies.state(id, reader);
    if (open === null) return;
    const choice = i % 2 === 0 ? 'real' : 'synthetic';
    studies.answer(id, reader, { caseId: open.caseId, choice, confidence: 1 + (i % 5), elapsedMs: 900 + i });
  }
}

describe('studies in a workspace', () => {
  let folder: string;
  let ws: Workspace;
  let studies: Studies;
  let id: number;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'gantry-study-'));
    ws = Workspace.create(join(folder, 'coordinator'));
    const { study, key, images } = makeStudy();
    id = keepStudy(ws, study, key, images);
    studies = new Studies(ws);
  });
  afterEach(() => {
    studies.close();
    ws.close();
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  });

  it('goes to a reader’s machine as a file, and its answers come back', () => {
    const there = Workspace.create(join(folder, 'reader'));
    const away = new Studies(there);
    try {
      const awayId = away.importStudy(studies.exportStudy(id));
      expect(() => away.results(awayId)).toThrow(/with its coordinator/);
      read(away, awayId, 'R1', 5);
      const part = JSON.stringify(away.exportAnswers(awayId, 'R1'));
      expect(studies.importAnswers(part)).toMatchObject({ reader: 'R1', added: 5, finished: false });
      read(away, awayId, 'R1');
      const whole = JSON.stringify(away.exportAnswers(awayId, 'R1'));
      const taken = studies.importAnswers(whole);
      expect(taken).toMatchObject({ added: 9, finished: true });
      expect(taken.code).toBe(away.state(awayId, 'R1').code);
      expect(studies.importAnswers(whole).added).toBe(0);
      expect(studies.results(id).results.pooled.answers).toBe(12);
    } finally {
      away.close();
      there.close();
    }
  });

  it('refuses a file of answers in which anything was changed', () => {
    read(studies, id, 'R1');
    const file = studies.exportAnswers(id, 'R1');
    const tamper = (change: (copy: typeof file) => unknown) => {
      const copy = structuredClone(file);
      change(copy);
      return () => studies.importAnswers(JSON.stringify(copy));
    };
    const entry = (copy: typeof file) => copy.entries[4]!.answer as { choice: string; confidence: number };
    expect(
      tamper((copy) => {
        entry(copy).choice = entry(copy).choice === 'real' ? 'synthetic' : 'real';
      }),
    ).toThrow(/changed: answer 5/);
    expect(
      tamper((copy) => {
        entry(copy).confidence = (entry(copy).confidence % 5) + 1;
      }),
    ).toThrow(/changed: answer 5/);
    expect(tamper((copy) => Object.assign(copy, { reader: 'R2' }))).toThrow(/changed: answer 1/);
    expect(tamper((copy) => Object.assign(copy, { study: '0'.repeat(64) }))).toThrow(/not in this workspace/);
    expect(() => studies.importAnswers('{"format":"other"}')).toThrow(/no answers/);
  });

  it('lets nobody change or remove an answer, and notices one who did it behind its back', () => {
    read(studies, id, 'R1', 6);
    const db = new DatabaseSync(join(ws.dir, 'workspace.db'));
    try {
      expect(() => db.exec("UPDATE study_answers SET answer = '{}' WHERE seq = 3")).toThrow(/stand/);
      expect(() => db.exec('DELETE FROM study_answers WHERE seq = 5')).toThrow(/stand/);
      db.exec('DROP TRIGGER study_answers_stand');
      db.exec(
        `UPDATE study_answers SET answer = replace(answer, '"elapsedMs":903', '"elapsedMs":904') WHERE seq = 3`,
      );
    } finally {
      db.close();
    }
    expect(() => studies.results(id)).toThrow(/changed: answer 4/);
    expect(() => studies.state(id, 'R1')).toThrow(/changed: answer 4/);
  });

  it('keeps every answer over a kill: a new process stands at the open case', () => {
    read(studies, id, 'R1', 7);
    const open = studies.state(id, 'R1').open;
    // No close: as if the process had died.
    const again = Workspace.open(ws.dir);
    const after = new Studies(again);
    expect(after.state(id, 'R1')).toMatchObject({ done: 7, open });
    after.close();
    again.close();
  });

  it('takes no answer twice from two windows', () => {
    const { open } = studies.state(id, 'R1');
    const answer = { caseId: open!.caseId, choice: 'real', confidence: 3, elapsedMs: 5 } as const;
    expect(studies.answer(id, 'R1', answer).truth).toMatch(/real|synthetic/);
    expect(() => studies.answer(id, 'R1', answer)).toThrow(/not the case/);
    expect(() => studies.state(id, 'A very long name')).toThrow(/never a name|reader code/);
  });

  it('tells the truth of training cases only', () => {
    const truths: (string | null)[] = [];
    for (let i = 0; i < 14; i++) {
      const { open } = studies.state(id, 'R9');
      const answer = { caseId: open!.caseId, choice: 'real', confidence: 1, elapsedMs: 1 } as const;
      truths.push(studies.answer(id, 'R9', answer).truth);
    }
    expect(truths.slice(0, 2).every((truth) => truth !== null)).toBe(true);
    expect(truths.slice(2)).toEqual(Array(12).fill(null));
  });

  it('keeps all verdicts; the last one counts', () => {
    const store = new ReviewStore(ws);
    const base = { run: 'run-0001', checkpoint: 640, seed: 1, reason: null, note: null, reader: 'R1' };
    store.addVerdict({ ...base, slice: 3, verdict: 'reject' });
    store.addVerdict({ ...base, slice: 4, verdict: 'reject' });
    store.addVerdict({ ...base, slice: 4, verdict: 'none' });
    store.addVerdict({ ...base, slice: 9, verdict: 'accept' });
    store.close();
    expect([...rejectedSlices(ws, 'run-0001', 640, 1)]).toEqual([3]);
    expect([...rejectedSlices(ws, 'run-0001', 641, 1)]).toEqual([]);
    expect([...rejectedSlices(ws, 'run-0001', 640, 1, 3)]).toEqual([]);
  });
});
