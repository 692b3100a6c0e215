import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { keepStudy } from '../../src/studio/study/create.ts';
import { Studies } from '../../src/studio/study/studies.ts';
import { Workspace } from '../../src/workspace/index.ts';
import { type Running, start } from '../support/cli.ts';
import { connectStudio, type StudioClient } from '../support/studioClient.ts';
import { makeStudy } from '../unit/studio/study/makeStudy.ts';

const folder = mkdtempSync(join(tmpdir(), 'gantry-kill-'));
const dir = join(folder, 'workspace');
let running: Running | undefined;
let client: StudioClient | undefined;
afterAll(async () => {
  client?.close();
  running?.child.kill('SIGKILL');
  await running?.finished;
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
});

async function serve(): Promise<StudioClient> {
  running = start(['serve', '--workspace', dir]);
  const line = await running.until(({ url }) => typeof url === 'string');
  client = await connectStudio(String(line.url));
  return client;
}

const reader = { studyId: '1', reader: 'R1' };

/** Gives answers until so many are given; every one was acknowledged. */
async function read({ calls }: StudioClient, until: number): Promise<void> {
  let reading = await calls.studies.reading(reader);
  while (reading.done < until && reading.open !== null) {
    const { caseId } = reading.open;
    const answer = {
      ...reader,
      caseId,
      choice: 'real' as const,
      confidence: 1 + (reading.done % 5),
      elapsedMs: 700,
    };
    reading = (await calls.studies.answer(answer)).reading;
  }
}

describe('a studio that is killed in the middle of a study', () => {
  it('loses no answer that it acknowledged, at most the one on its way, and its chain holds', {
    timeout: 240_000,
  }, async () => {
    const ws = Workspace.create(dir);
    const { study, key, images } = makeStudy();
    keepStudy(ws, study, key, images);
    ws.close();
    let given = 0;
    let most = 0;
    const check = ({ done }: { done: number }) => {
      expect(done).toBeGreaterThanOrEqual(given);
      expect(done).toBeLessThanOrEqual(most);
    };
    // Killed at rest, then twice with an answer on its way; the next start shows what is left.
    for (const [until, onItsWay] of [
      [4, false],
      [8, true],
      [11, true],
    ] as const) {
      const here = await serve();
      check(await here.calls.studies.reading(reader));
      await read(here, until);
      const { open, done } = await here.calls.studies.reading(reader);
      given = done;
      most = done + (onItsWay ? 1 : 0);
      const sent = { ...reader, caseId: open!.caseId, choice: 'synthetic' as const, confidence: 5 };
      // Nobody waits for its answer: the process dies first, or just after.
      if (onItsWay) void here.calls.studies.answer({ ...sent, elapsedMs: 1 }).catch(() => undefined);
      running!.child.kill('SIGKILL');
      expect((await running!.finished).signal).toBe('SIGKILL');
      here.close();
    }
    const last = await serve();
    check(await last.calls.studies.reading(reader));
    await read(last, 14);
    const { code, open } = await last.calls.studies.reading(reader);
    expect(open).toBeNull();
    expect(code).toMatch(/^[0-9A-F]{4}-[0-9A-F]{4}$/);
    expect((await last.calls.studies.results({ studyId: '1' })).pooled.answers).toBe(12);
    last.close();
    running!.child.kill('SIGKILL');
    await running!.finished;

    // The file that goes back is whole; one changed letter of it is noticed where it stands.
    const again = Workspace.open(dir);
    const coordinator = Workspace.create(join(folder, 'coordinator'));
    keepStudy(coordinator, study, key, images);
    const [from, to] = [new Studies(again), new Studies(coordinator)];
    try {
      const file = JSON.stringify(from.exportAnswers(1, 'R1'));
      const sixth = from.exportAnswers(1, 'R1').entries[5]!.answer;
      const changed = file.replace(
        JSON.stringify(sixth),
        JSON.stringify({ ...sixth, confidence: (sixth.confidence % 5) + 1 }),
      );
      expect(changed).not.toBe(file);
      expect(() => to.importAnswers(changed)).toThrow(/answer 6 does not fit/);
      expect(to.importAnswers(file)).toMatchObject({ added: 14, finished: true, code });
    } finally {
      from.close();
      to.close();
      again.close();
      coordinator.close();
    }
  });
});
