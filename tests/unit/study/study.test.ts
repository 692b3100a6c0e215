import { describe, expect, it } from 'vitest';
import { Random } from '../../../src/base/random.ts';
import { readingOrder } from '../../../src/study/design.ts';
import {
  type Answer,
  answersCsv,
  appendAnswer,
  brokenAt,
  type Candidate,
  chainCode,
  chainStart,
  checkAnswer,
  commitKey,
  decodeStudy,
  type Entry,
  encodeStudy,
  figuresCsv,
  type PublicStudy,
  planStudy,
  progressOf,
  type Reading,
  type StudyKey,
  sha256Hex,
  studyHash,
  studyReport,
  studyResults,
} from '../../../src/study/index.ts';

const size = 8;

function candidates(each: number): Candidate[] {
  return (['real', 'synthetic'] as const).flatMap((truth) =>
    ['lower', 'middle', 'upper'].flatMap((subgroup) =>
      Array.from({ length: each }, (_, i) => ({ truth, subgroup, source: `${truth} ${subgroup} ${i}` })),
    ),
  );
}

function makeStudy(kind: 'yes-no' | 'forced-choice', cases: number, training = 0, seed = 5) {
  const plan = planStudy(candidates(cases), { kind, cases, training, seed });
  if (plan === null) throw new Error('no plan');
  const images = new Uint8Array(plan.images.length * size * size * 2).map((_, i) => i * 7);
  const key: StudyKey = {
    nonce: '0123456789abcdef0123456789abcdef',
    cases: plan.cases.map((one) => one.key),
    training: plan.training.map((one) => one.key),
    label: 'third',
    margin: 0.1,
    run: 'run-0001',
    dataset: 'heads',
    notes: ['Drawn by <chance>.'],
  };
  const study: PublicStudy = {
    format: 'gantry-study',
    version: 1,
    name: 'Pilot & co',
    kind,
    createdAt: '2026-01-02T03:04:05.000Z',
    size,
    images: plan.images.length,
    imagesSha256: sha256Hex(images),
    training: plan.training.map(({ id, images: own, key: { answer } }) => ({ id, images: [...own], answer })),
    cases: plan.cases.map(({ id, images: own }) => ({ id, images: [...own] })),
    orderSeed: seed,
    keyCommitment: commitKey(key),
  };
  return { study, key, plan, images };
}

/** A reader who sees the truth in this share of cases and guesses otherwise. */
function read(study: PublicStudy, key: StudyKey, reader: string, sees: number): Entry[] {
  const random = new Random(9, `reader ${reader}`);
  const truth = new Map([...key.cases, ...key.training].map((one) => [one.id, one.answer]));
  const entries: Entry[] = [];
  for (;;) {
    const { step } = progressOf(study, reader, entries);
    if (step.kind === 'finished') return entries;
    const right = random.uniform() < sees + (1 - sees) / 2;
    const is = truth.get(step.case.id)!;
    const other = { real: 'synthetic', synthetic: 'real', left: 'right', right: 'left' } as const;
    const answer: Answer = {
      caseId: step.case.id,
      choice: right ? is : other[is],
      confidence: 1 + random.int(5),
      elapsedMs: 1000 + random.int(9000),
    };
    checkAnswer(study, reader, entries, answer);
    entries.push(appendAnswer(entries.at(-1)?.hash ?? chainStart(studyHash(study), reader), answer));
  }
}

describe('the design of a study', () => {
  it('draws as many real as synthetic slices, evenly over subgroups', () => {
    const { plan } = makeStudy('yes-no', 48, 6);
    const count = (list: typeof plan.cases, answer: string, subgroup: string) =>
      list.filter(({ key }) => key.answer === answer && key.subgroup === subgroup).length;
    expect(plan.training).toHaveLength(6);
    expect(plan.cases).toHaveLength(48);
    const everything = [...plan.training, ...plan.cases];
    for (const answer of ['real', 'synthetic']) {
      for (const subgroup of ['lower', 'middle', 'upper']) {
        expect(count(everything, answer, subgroup)).toBe(9);
        expect(count(plan.cases, answer, subgroup)).toBe(8);
      }
    }
    expect(new Set(plan.images).size).toBe(54);
  });

  it('places the synthetic one left in half of the pairs, of the same subgroup as the real one', () => {
    const { plan } = makeStudy('forced-choice', 30);
    expect(plan.cases.filter(({ key }) => key.answer === 'left')).toHaveLength(15);
    for (const { key } of plan.cases) {
      expect(key.sources.filter((source) => source.startsWith('synthetic'))).toHaveLength(1);
      expect(key.sources[key.answer === 'left' ? 0 : 1]).toMatch(/^synthetic/);
    }
  });

  it('is a function of its seed, and says when there is too little', () => {
    expect(makeStudy('yes-no', 20).plan).toEqual(makeStudy('yes-no', 20).plan);
    expect(makeStudy('yes-no', 20, 0, 6).plan).not.toEqual(makeStudy('yes-no', 20).plan);
    expect(planStudy(candidates(2), { kind: 'yes-no', cases: 14, training: 0, seed: 1 })).toBeNull();
  });

  it('puts no order into names, places or positions that tells the truth', () => {
    // Over many seeds, the mean rank of synthetic cases in every order is that of chance.
    let byId = 0;
    let byPlace = 0;
    let byPosition = 0;
    const seeds = 200;
    for (let seed = 1; seed <= seeds; seed++) {
      const { plan } = makeStudy('yes-no', 20, 0, seed);
      const rank = (value: (i: number) => number) => {
        const order = plan.cases.map((_, i) => i).sort((a, b) => value(a) - value(b));
        return (
          order.reduce((sum, i, at) => sum + (plan.cases[i]!.key.answer === 'synthetic' ? at : 0), 0) / 10
        );
      };
      byId += rank((i) => Number.parseInt(plan.cases[i]!.id, 36));
      byPlace += rank((i) => plan.cases[i]!.images[0]!);
      const order = readingOrder(seed, 'R1', 20);
      byPosition += rank((i) => order.indexOf(i));
    }
    // Mean of 0..19 is 9.5; a study's mean rank has standard deviation 1.32, so their mean one of 0.094.
    for (const sum of [byId, byPlace, byPosition]) expect(Math.abs(sum / seeds - 9.5)).toBeLessThan(0.38);
  });

  it('gives every reader an order of his own', () => {
    expect(readingOrder(5, 'A', 24)).toEqual(readingOrder(5, 'A', 24));
    expect(readingOrder(5, 'A', 24)).not.toEqual(readingOrder(5, 'B', 24));
    expect([...readingOrder(5, 'B', 24)].sort((a, b) => a - b)).toEqual([...Array(24).keys()]);
  });
});

describe('a reading', () => {
  const { study, key } = makeStudy('yes-no', 12, 2);
  const id = studyHash(study);

  it('goes through training first, case by case, with no way back and no answer twice', () => {
    const entries = read(study, key, 'A', 0.5);
    expect(entries).toHaveLength(14);
    expect(entries.slice(0, 2).map(({ answer }) => answer.caseId)).toEqual(
      study.training.map((one) => one.id),
    );
    const again = { ...entries[0]!.answer };
    expect(() => checkAnswer(study, 'A', entries.slice(0, 5), again)).toThrow(/not the case/);
    expect(() => checkAnswer(study, 'A', entries, again)).toThrow(/answered/);
    expect(() => checkAnswer(study, 'A', [], { ...again, choice: 'left' })).toThrow(
      /one of: real, synthetic/,
    );
  });

  it('goes on after a crash where it was', () => {
    const entries = read(study, key, 'A', 0.5);
    const { step, done } = progressOf(study, 'A', entries.slice(0, 7));
    expect(done).toBe(7);
    expect(step).toMatchObject({ kind: 'case', case: { id: entries[7]!.answer.caseId } });
  });

  it('notices every change of an answer, a swap, a cut in the middle, another reader', () => {
    const entries = read(study, key, 'A', 0.5);
    expect(brokenAt(id, 'A', entries)).toBe(-1);
    entries.forEach(({ answer, hash }, i) => {
      for (const changed of [
        { ...answer, choice: answer.choice === 'real' ? ('synthetic' as const) : ('real' as const) },
        { ...answer, confidence: (answer.confidence % 5) + 1 },
        { ...answer, elapsedMs: answer.elapsedMs + 1 },
      ]) {
        expect(brokenAt(id, 'A', entries.with(i, { answer: changed, hash }))).toBe(i);
      }
    });
    expect(brokenAt(id, 'A', [entries[1]!, entries[0]!, ...entries.slice(2)])).toBe(0);
    expect(brokenAt(id, 'A', entries.toSpliced(4, 1))).toBe(4);
    expect(brokenAt(id, 'B', entries)).toBe(0);
    expect(brokenAt('0'.repeat(64), 'A', entries)).toBe(0);
    // Cutting the end off leaves a chain; the code that the reader noted tells.
    expect(chainCode(id, 'A', entries.slice(0, -1))).not.toBe(chainCode(id, 'A', entries));
  });
});

describe('the study file', () => {
  it('comes back as it was, and a changed byte is noticed', () => {
    const { study, images } = makeStudy('yes-no', 12, 2);
    const file = encodeStudy(study, images);
    expect(decodeStudy(file)).toEqual({ study, images });
    const pixel = file.slice();
    pixel[pixel.length - 5]! ^= 1;
    expect(() => decodeStudy(pixel)).toThrow(/damaged/);
    expect(() => decodeStudy(file.subarray(0, file.length - 2))).toThrow(/damaged/);
    expect(() => decodeStudy(file.subarray(0, 40))).toThrow(/damaged/);
    expect(() => decodeStudy(new Uint8Array(100))).toThrow(/no Gantry reader study/);
  });

  it('holds no truth but that of the training cases', () => {
    const { study, key, images } = makeStudy('yes-no', 12, 2);
    const { training, ...rest } = study;
    expect(training).toHaveLength(2);
    const text = JSON.stringify(rest);
    expect(text).not.toMatch(/synthetic|"real|run-0001|heads/);
    for (const { sources } of key.cases) for (const source of sources) expect(text).not.toContain(source);
    expect(new TextDecoder('latin1').decode(encodeStudy(study, images))).not.toContain('run-0001');
  });
});

describe('the results of a study', () => {
  it('counts by hand what a small study holds', () => {
    const { study, key } = makeStudy('yes-no', 12, 2);
    const entries = read(study, key, 'A', 0.6);
    const truth = new Map(key.cases.map((one) => [one.id, one.answer]));
    const counted = entries.filter(({ answer }) => truth.has(answer.caseId));
    const hits = counted.filter(({ answer }) => truth.get(answer.caseId) === answer.choice).length;
    const said = (answer: 'real' | 'synthetic') =>
      counted.filter((e) => truth.get(e.answer.caseId) === answer && e.answer.choice === answer).length;
    const { pooled, readers, agreement } = studyResults(study, key, [{ reader: 'A', entries }]);
    expect(pooled.answers).toBe(12);
    expect(pooled.accuracy).toMatchObject({ hits, of: 12 });
    expect(pooled.sensitivity).toMatchObject({ hits: said('synthetic'), of: 6 });
    expect(pooled.specificity).toMatchObject({ hits: said('real'), of: 6 });
    const times = counted.map(({ answer }) => answer.elapsedMs).sort((a, b) => a - b);
    expect(pooled.elapsedMs[1]).toBe((times[5]! + times[6]!) / 2);
    expect(readers).toMatchObject([{ reader: 'A', answers: 12 }]);
    expect(agreement).toBeNull();
  });

  it('counts neither training cases nor readers who have not finished, and names these', () => {
    const { study, key } = makeStudy('yes-no', 12, 4);
    const whole = { reader: 'A', entries: read(study, key, 'A', 0.8) };
    const part = { reader: 'B', entries: read(study, key, 'B', 0.1).slice(0, 9) };
    const alone = studyResults(study, key, [whole]);
    expect(alone.pooled.answers).toBe(12);
    const both = studyResults(study, key, [whole, part]);
    const unfinished = [{ reader: 'B', done: 9, total: 16 }];
    expect(both).toEqual({ ...alone, unfinished });
    expect(studyReport(study, key, both)).toContain('Not finished, and not counted: B (9 of 16).');
    const none = studyResults(study, key, [part]);
    expect(none).toMatchObject({ readers: [], unfinished, pooled: { answers: 0 } });
    expect(studyReport(study, key, none)).toContain('Nobody has finished yet');
  });

  it('finds seeing readers out and does not find guessing ones out', () => {
    const { study, key } = makeStudy('yes-no', 200);
    const three = (sees: number): Reading[] =>
      ['A', 'B', 'C'].map((reader) => ({ reader, entries: read(study, key, reader, sees) }));
    const seeing = studyResults(study, key, three(0.7));
    expect(seeing.pooled.equivalence.conclusion).toBe('different');
    expect(seeing.pooled.area!.low).toBeGreaterThan(0.7);
    expect(seeing.agreement!.value).toBeGreaterThan(0.3);
    const guessing = studyResults(study, key, three(0));
    expect(guessing.pooled.equivalence.conclusion).toBe('equivalent');
    expect(guessing.pooled.area!.low).toBeLessThan(0.5);
    expect(guessing.pooled.area!.high).toBeGreaterThan(0.5);
    expect(guessing.agreement!.low).toBeLessThan(0);
    expect(guessing.effectiveAnswers).toBeLessThanOrEqual(600);
    expect(guessing.subgroups.map(({ subgroup }) => subgroup)).toEqual(['lower', 'middle', 'upper']);
  });

  it('holds one half in 93 to 97 % of 1,000 whole studies of guessing readers', () => {
    const { study, key } = makeStudy('yes-no', 120);
    let held = 0;
    for (let i = 0; i < 1000; i++) {
      const random = new Random(i, 'guessing reader');
      const entries = study.cases.map(
        ({ id: caseId }): Entry => ({
          answer: {
            caseId,
            choice: random.uniform() < 0.5 ? 'real' : 'synthetic',
            confidence: 1 + random.int(5),
            elapsedMs: 1000,
          },
          hash: '',
        }),
      );
      const { low, high } = studyResults(study, key, [{ reader: `r${i}`, entries }]).pooled.accuracy;
      if (low <= 0.5 && high >= 0.5) held++;
    }
    expect(held).toBeGreaterThanOrEqual(930);
    expect(held).toBeLessThanOrEqual(970);
  });

  it('writes tables and a page that hold the figures and no markup from names', () => {
    const { study, key } = makeStudy('forced-choice', 24);
    const readings = ['A', 'B'].map((reader) => ({ reader, entries: read(study, key, reader, 0.8) }));
    const results = studyResults(study, key, readings);
    expect(results.pooled.area).toBeNull();
    const csv = answersCsv(key, readings).trim().split('\r\n');
    expect(csv).toHaveLength(49);
    expect(csv[0]).toBe('reader,position,case,subgroup,truth,answer,confidence,score,right,elapsed_ms');
    const right = csv.slice(1).filter((line) => line.split(',')[8] === '1').length;
    expect(right).toBe(results.pooled.accuracy.hits);
    expect(figuresCsv(results)).toContain('reader A,24,');
    const page = studyReport(study, key, results);
    expect(page).toContain('Pilot &#38; co');
    expect(page).not.toContain('<chance>');
    expect(page).not.toContain('<script');
    expect(page).toContain(`${(results.pooled.accuracy.value * 100).toFixed(1)} %`);
    expect(studyReport(study, key, studyResults(study, key, []))).toContain('No answers have come in yet');
  });
});
