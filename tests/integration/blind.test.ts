import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Random } from '../../src/base/random.ts';
import { studyFileUrl, studyImageUrl } from '../../src/contract/studyMedia.ts';
import { type RunningServer, startServer } from '../../src/server/index.ts';
import { keepStudy } from '../../src/studio/study/create.ts';
import {
  type Candidate,
  commitKey,
  decodeStudy,
  type PublicStudy,
  planStudy,
  type StudyKey,
  sha256Hex,
} from '../../src/study/index.ts';
import { Workspace } from '../../src/workspace/index.ts';
import { toldRightly } from '../support/logistic.ts';
import { connectStudio, type StudioClient } from '../support/studioClient.ts';

const cases = 200;
const size = 64;
/**
 * 95 % of guesses at 200 cases are right in 86 to 114: scipy.stats.binom.interval(0.95, 200, 0.5).
 */
const chance = { least: 86, most: 114 };

/** 200 cases whose pictures differ as plainly as they can, so that whatever leaks would have something to leak. */
function makeStudy(): { study: PublicStudy; key: StudyKey; images: Uint8Array } {
  const candidates = (['real', 'synthetic'] as const).flatMap((truth) =>
    Array.from(
      { length: cases / 2 },
      (_, i): Candidate => ({ truth, subgroup: `third ${i % 3}`, source: `${truth} ${i}` }),
    ),
  );
  const plan = planStudy(candidates, { kind: 'yes-no', cases, training: 0, seed: 11 })!;
  const random = new Random(5, 'pictures');
  const pixels = new Uint16Array(plan.images.length * size * size);
  plan.images.forEach((candidate, place) => {
    const part = pixels.subarray(place * size * size, (place + 1) * size * size);
    // Noise does not compress, flat grey does: a server that packed its answers would tell.
    if (candidates[candidate]!.truth === 'real')
      for (let p = 0; p < part.length; p++) part[p] = random.int(65536);
    else part.fill(random.int(65536));
  });
  const images = new Uint8Array(pixels.buffer);
  const key: StudyKey = {
    nonce: 'cd'.repeat(16),
    cases: plan.cases.map((one) => one.key),
    training: [],
    label: 'third',
    margin: 0.1,
    run: 'run-0001',
    dataset: 'heads',
    notes: [],
  };
  const study: PublicStudy = {
    format: 'gantry-study',
    version: 1,
    name: 'Blind',
    kind: 'yes-no',
    createdAt: '2026-01-02T03:04:05.000Z',
    size,
    images: plan.images.length,
    imagesSha256: sha256Hex(images),
    training: [],
    cases: plan.cases.map(({ id, images: own }) => ({ id, images: [...own] })),
    orderSeed: 2026,
    keyCommitment: commitKey(key),
  };
  return { study, key, images };
}

/** All that a reader's machine sees of a case, but for the picture. */
interface Seen {
  readonly caseId: string;
  /** The same whenever the study is read: places, names, addresses, lengths. */
  readonly fixed: readonly number[];
  /** Times, in milliseconds. */
  readonly times: readonly number[];
}

describe('the blind of a study of 200 cases', () => {
  const folder = mkdtempSync(join(tmpdir(), 'gantry-blind-'));
  let server: RunningServer;
  let client: StudioClient;
  let labels: number[];
  const { study, key, images } = makeStudy();
  const seen: Seen[] = [];
  const headers = new Set<string>();

  beforeAll(async () => {
    const ws = Workspace.create(join(folder, 'ws'));
    keepStudy(ws, study, key, images);
    ws.close();
    server = await startServer({ workspace: join(folder, 'ws') });
    client = await connectStudio(server.url);
    const random = new Random(1, 'guesses');
    let { open } = await client.calls.studies.reading({ studyId: '1', reader: 'R1' });
    for (let i = 0; open !== null; i++) {
      const { caseId } = open;
      const place = open.images[0]!;
      const address = studyImageUrl('1', place);
      const picture = await client.get(address);
      headers.add(picture.headers);
      const asked = performance.now();
      const answer = {
        studyId: '1',
        reader: 'R1',
        caseId,
        choice: random.uniform() < 0.5 ? ('real' as const) : ('synthetic' as const),
        confidence: 1 + random.int(5),
        elapsedMs: 500,
      };
      const { reading, truth } = await client.calls.studies.answer(answer);
      const answeredMs = performance.now() - asked;
      expect(truth).toBeNull();
      seen.push({
        caseId,
        fixed: [
          i,
          i % 2,
          place,
          place % 2,
          Number.parseInt(caseId, 36),
          ...[...caseId].map((letter) => Number.parseInt(letter, 36)),
          study.cases.findIndex(({ id }) => id === caseId),
          address.length,
          picture.status,
          picture.headerBytes,
          picture.body.byteLength,
          JSON.stringify(open).length,
          JSON.stringify(reading).length,
        ],
        times: [picture.firstByteMs, picture.wholeMs, picture.wholeMs - picture.firstByteMs, answeredMs],
      });
      open = reading.open;
    }
    const truth = new Map(key.cases.map(({ id, answer }) => [id, answer === 'synthetic' ? 1 : 0]));
    labels = seen.map(({ caseId }) => truth.get(caseId)!);
  }, 300_000);
  afterAll(async () => {
    client?.close();
    await server?.close();
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  });

  it('is worth a test: every case was read, and what is planted is found', () => {
    expect(seen).toHaveLength(cases);
    expect(labels.reduce((a, b) => a + b, 0)).toBe(cases / 2);
    const random = new Random(2, 'planted');
    // A load time longer by one standard deviation for synthetic slices alone.
    const slower = seen.map(({ fixed }, i) => [...fixed, random.normal() + 2 * labels[i]!]);
    expect(toldRightly(slower, labels, 1)).toBeGreaterThan(chance.most + 20);
  });

  it('shows answers of one length under one set of headers', () => {
    expect(headers.size).toBe(1);
    expect(new Set(seen.map(({ fixed }) => fixed.slice(-4, -2).join(' '))).size).toBe(1);
  });

  it('leaves a classifier at chance that is given order, names, addresses, headers and lengths', () => {
    const right = toldRightly(
      seen.map(({ fixed }) => fixed),
      labels,
      1,
    );
    expect(right).toBeGreaterThanOrEqual(chance.least);
    expect(right).toBeLessThanOrEqual(chance.most);
  });

  it('leaves it at chance with all times too', async () => {
    // Times are measured, so one set of them falls outside of its interval once in twenty: the middle one of
    // five does once in a thousand. What told the truth would show in each.
    const runs: number[] = [];
    for (let pass = 0; pass < 5; pass++) {
      const rows: number[][] = [];
      for (const { caseId, fixed, times } of seen) {
        const [place] = study.cases.find(({ id }) => id === caseId)!.images;
        const again = await client.get(studyImageUrl('1', place!));
        rows.push([...fixed, ...times.slice(3), again.firstByteMs, again.wholeMs]);
      }
      runs.push(
        toldRightly(pass === 0 ? seen.map((one) => [...one.fixed, ...one.times]) : rows, labels, 1 + pass),
      );
    }
    const middle = runs.toSorted((a, b) => a - b)[2]!;
    expect(middle, String(runs)).toBeGreaterThanOrEqual(chance.least);
    expect(middle, String(runs)).toBeLessThanOrEqual(chance.most);
  });

  it('holds in the file for a reader’s machine: the public part and the layout tell nothing', async () => {
    const file = await client.get(studyFileUrl('1', 'study'));
    const sent = decodeStudy(new Uint8Array(file.body)).study;
    expect(JSON.stringify(sent)).not.toMatch(/synthetic|"real|third|run-0001|heads/);
    const truth = new Map(key.cases.map(({ id, answer }) => [id, answer === 'synthetic' ? 1 : 0]));
    const rows = sent.cases.map(({ id, images: [place] }, i) => [
      i,
      place!,
      place! % 2,
      Number.parseInt(id, 36),
    ]);
    const right = toldRightly(
      rows,
      sent.cases.map(({ id }) => truth.get(id)!),
      1,
    );
    expect(right).toBeGreaterThanOrEqual(chance.least);
    expect(right).toBeLessThanOrEqual(chance.most);
  });
});
