import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { noCardTexts } from '../../../../src/base/cardTexts.ts';
import { cardMarkdown, modelCard } from '../../../../src/studio/evaluate/card.ts';
import { findingsOf } from '../../../../src/studio/evaluate/findings.ts';
import type { Report } from '../../../../src/studio/evaluate/report.ts';
import { newestEvaluation } from '../../../../src/studio/model/evaluation.ts';
import { keepStudy } from '../../../../src/studio/study/create.ts';
import { Studies } from '../../../../src/studio/study/studies.ts';
import { readerStudiesOf } from '../../../../src/studio/study/summary.ts';
import { Workspace } from '../../../../src/workspace/index.ts';
import { makeStudy } from '../study/makeStudy.ts';

let folder: string;
let ws: Workspace;
let run: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gantry-handed-'));
  ws = Workspace.create(join(folder, 'workspace'), { write: true });
  const about = { subjectFrom: 'identity', splitSeed: 1, heldOutFraction: null } as const;
  ws.createDataset({ name: 'ward-7-heads', ...about });
  const model = { preset: 'tiny', size: 32, seed: 1, config: {}, device: 'cpu' };
  run = ws.createRun({ dataset: 'ward-7-heads', ...model }).id;
});
afterEach(() => {
  ws.close();
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
});

/** Reads a study, or its first cases, rightly. */
function read(name: string, readers: Readonly<Record<string, number>>): void {
  using studies = new Studies(ws);
  const { study, key, images } = makeStudy(name, run);
  const id = keepStudy(ws, study, key, images);
  const truth = new Map([...key.training, ...key.cases].map((one) => [one.id, one.answer]));
  for (const [reader, most] of Object.entries(readers)) {
    for (let i = 0; i < most; i++) {
      const { open } = studies.state(id, reader);
      if (open === null) break;
      const choice = truth.get(open.caseId)!;
      studies.answer(id, reader, { caseId: open.caseId, choice, confidence: 5, elapsedMs: 1000 });
    }
  }
}

/** The report of an evaluation that told nothing but what its readers did. */
function reported(): Report {
  const read = readerStudiesOf(ws, run);
  const partial = {
    kind: 'gantry-evaluation',
    version: 1,
    createdAt: '2026-01-02T03:04:05.000Z',
    application: 'Gantry',
    judged: { 'images seen': 640, 'model SHA-256': 'ab', slices: 10, seed: 1 },
    dataset: {
      name: 'ward-7-heads',
      hash: ws.datasetHash('ward-7-heads'),
      ...{ trainSlices: 0, trainSubjects: 0, heldOutSlices: 0, heldOutSubjects: 0 },
    },
    settings: { size: 32, seed: 1, compared: 10 },
    limits: ['No subject is held out.', ...read.limits],
    figures: [],
    spectra: {},
    copying: null,
    plausibility: null,
    subgroups: [],
    utility: null,
    readerStudies: read.studies,
    stated: noCardTexts,
  } as const;
  return { ...partial, findings: findingsOf(partial) };
}

it('a card that is handed on has no name that people chose, and no words of events', async () => {
  read('Dr Okafor, ward "7": pilot', { R1: 14, R2: 14, R3: 5 });
  read('Night shift of Meier', { R1: 5 });
  read('Unread by Lindqvist', {});
  ws.addEvent(run, { kind: 'rollback', text: 'only 3.1 GB of 16 GB are free', images: 320 });
  const made = modelCard(ws, run, reported());
  // The card that stays here has them all.
  const names = /Okafor|ward|Meier|Lindqvist|R1|R2|GB/;
  for (const name of ['Okafor', 'Meier', 'Lindqvist', '3.1 GB', 'ward-7-heads']) {
    expect(cardMarkdown(made)).toContain(name);
  }
  const evaluation = join(ws.runDir(run), 'evaluations', '20260102T030405-1');
  mkdirSync(evaluation, { recursive: true });
  writeFileSync(join(evaluation, 'model-card.json'), JSON.stringify(made));
  const text = Buffer.from((await newestEvaluation(ws, run)) ?? []).toString('utf8');
  expect(text).not.toMatch(names);
  expect(text).toContain('### Reader study 1\n');
  expect(text).toMatch(/^- Reader study 1, 2 readers of 12 cases: accuracy 100 %/m);
  expect(text).toMatch(/^- Reader study 1: 1 reader has not finished/m);
  expect(text).toMatch(/^- Reader study 2 is not counted: it is unfinished/m);
  expect(text).toMatch(/^- Reader study 3 is not counted: nobody has read it/m);
  expect(text).toMatch(/^- No subject is held out\.$/m);
  expect(text).toMatch(/^- rollback at 320 images$/m);
  expect(text).toContain('## What its makers say');
});

it('without a whole card there is none', async () => {
  const evaluation = join(ws.runDir(run), 'evaluations', '20260102T030405-1');
  mkdirSync(evaluation, { recursive: true });
  expect(await newestEvaluation(ws, run)).toBeNull();
  writeFileSync(join(evaluation, 'model-card.json'), '{"kind":"gantry-model-card"}');
  expect(await newestEvaluation(ws, run)).toBeNull();
});
