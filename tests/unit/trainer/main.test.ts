import { type ChildProcess, fork } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { listCheckpoints, readCheckpoint } from '../../../src/trainer/checkpoint.ts';
import { type TrainerReport, type TrainerStart, trainerReportSchema } from '../../../src/trainer/messages.ts';
import { blobSource, smallConfig } from '../gan/support.ts';

const size = 16;
const count = 40;
let folder: string;
let start: TrainerStart;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gantry-trainer-'));
  const cacheFile = join(folder, 'cache.u16');
  const images = blobSource(size, count).next(count).images;
  writeFileSync(
    cacheFile,
    Uint16Array.from(images, (v) => Math.round((v + 1) * 32767.5)),
  );
  start = {
    type: 'start',
    runDir: mkdtempSync(join(folder, 'run-')),
    cacheFile,
    count,
    size,
    config: smallConfig('stylegan2'),
    device: 'cpu',
    threads: 1,
    totalImages: 200,
    minutes: null,
    resumeFrom: null,
    checkpointEveryImages: 80,
  };
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

interface Session {
  readonly reports: TrainerReport[];
  readonly code: number | null;
}

/** One trainer process until it ends; `during` sees every report and may act on the process. */
function session(
  order: TrainerStart,
  during: (report: TrainerReport, child: ChildProcess) => void = () => undefined,
): Promise<Session> {
  const child = fork(new URL('../../../src/trainer/main.ts', import.meta.url), [], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    execArgv: [],
    serialization: 'advanced',
  });
  const reports: TrainerReport[] = [];
  child.on('message', (message) => {
    const report = trainerReportSchema.parse(message);
    reports.push(report);
    during(report, child);
  });
  child.send(order);
  return new Promise((resolve) => child.on('exit', (code) => resolve({ reports, code })));
}

const of = <T extends TrainerReport['type']>({ reports }: Session, type: T) =>
  reports.filter((r): r is Extract<TrainerReport, { type: T }> => r.type === type);
const lossesOf = (s: Session) => of(s, 'progress').map(({ step, lossD, lossG }) => [step, lossD, lossG]);

describe('trainer process', () => {
  it('trains to the end, reports every step, and leaves checkpoints', async () => {
    const s = await session(start);
    expect(s.code).toBe(0);
    expect(s.reports[0]).toEqual({ type: 'ready', device: 'cpu', totalImages: 200 });
    expect(of(s, 'progress').map((p) => p.step)).toEqual(Array.from({ length: 50 }, (_, i) => i + 1));
    expect(of(s, 'checkpoint').map((c) => c.images)).toEqual([80, 160, 200]);
    const [done] = of(s, 'done');
    expect(done).toMatchObject({ reason: 'finished', images: 200, checkpoint: 'images-000000200' });
    expect(done!.peakRssBytes).toBeGreaterThan(5e7);
    const last = (await listCheckpoints(start.runDir)).at(-1)!;
    expect((await readCheckpoint(last.folder)).sha256).toBe(of(s, 'checkpoint').at(-1)!.sha256);
  });

  it('asks at its end whether augmentation shows in the images, where there are slices enough to tell', async () => {
    const kinds = ({ reports }: Session) =>
      reports.flatMap((report) => (report.type === 'event' ? [report.kind] : []));
    expect(kinds(await session({ ...start, totalImages: 80 }))).not.toContain('leak-test');
    const many = 120;
    const cacheFile = join(folder, 'many.u16');
    const images = blobSource(size, many).next(many).images;
    writeFileSync(
      cacheFile,
      Uint16Array.from(images, (v) => Math.round((v + 1) * 32767.5)),
    );
    const told = kinds(await session({ ...start, totalImages: 80, cacheFile, count: many }));
    expect(told.filter((kind) => kind === 'leak-test' || kind === 'augmentation-leak')).toHaveLength(1);
  });

  it('killed and resumed, it gives exactly the losses of a run that was never killed', async () => {
    const whole = await session(start);
    const other = { ...start, runDir: mkdtempSync(join(folder, 'killed-')) };
    const killed = await session(other, (report, child) => {
      if (report.type === 'progress' && report.images === 132) child.kill('SIGKILL');
    });
    expect(killed.code).toBe(null);
    const newest = (await listCheckpoints(other.runDir)).at(-1)!;
    expect(newest.images).toBe(80);
    const resumed = await session({ ...other, resumeFrom: newest.folder });
    expect(lossesOf(resumed)).toEqual(lossesOf(whole).slice(20));
    expect(of(resumed, 'checkpoint').at(-1)!.sha256).toBe(of(whole, 'checkpoint').at(-1)!.sha256);
    expect(of(resumed, 'done')[0]!.seconds).toBeGreaterThan(newest.images / 1e4);
  });

  it.each([
    ['a stop message', (child: ChildProcess) => child.send({ type: 'stop' })],
    ['SIGTERM', (child: ChildProcess) => child.kill('SIGTERM')],
    ['the loss of its parent', (child: ChildProcess) => child.disconnect()],
  ])('stops on %s with a checkpoint', async (_, act) => {
    let acted = false;
    const s = await session({ ...start, totalImages: 100_000 }, (report, child) => {
      if (report.type === 'progress' && report.step === 3 && !acted) {
        acted = true;
        act(child);
      }
    });
    expect(s.code).toBe(0);
    const [kept] = await listCheckpoints(start.runDir);
    expect(kept!.images).toBeLessThan(2000);
    expect(kept!.images).toBeGreaterThanOrEqual(12);
  });

  it('turns minutes into images once and ends in time', async () => {
    const began = performance.now();
    const s = await session({ ...start, totalImages: null, minutes: 0.25 });
    const seconds = (performance.now() - began) / 1000;
    const [planned] = of(s, 'planned');
    expect(of(s, 'planned')).toHaveLength(1);
    expect(of(s, 'done')[0]).toMatchObject({ reason: 'finished', images: planned!.totalImages });
    expect(seconds).toBeGreaterThan(5);
    // The machine may be busy with other tests: the bound is generous, the plan itself is tested by plan.test.ts.
    expect(seconds).toBeLessThan(40);
  });

  it('reports coded errors', async () => {
    const error = async (changes: Partial<TrainerStart>) => {
      const s = await session({ ...start, ...changes });
      expect(s.code).toBe(1);
      return of(s, 'error')[0]?.code;
    };
    expect(await error({ device: 'cuda' })).toBe('DEVICE_UNAVAILABLE');
    expect(await error({ count: 39 })).toBe('CORRUPT');
    expect(await error({ config: { preset: 'x' } })).toBe('BAD_CONFIG');
    expect(await error({ resumeFrom: join(folder, 'nowhere') })).toBe('BAD_CHECKPOINT');
  });
});
