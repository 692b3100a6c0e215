import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { writePhantom } from '../../src/phantom/index.ts';
import { gantry, last, start } from '../support/cli.ts';

const temp = mkdtempSync(join(tmpdir(), 'gantry-trainer-'));
const workspace = join(temp, 'workspace');
afterAll(() => rmSync(temp, { recursive: true, force: true }));

beforeAll(async () => {
  await writePhantom({ outDir: join(temp, 'phantom'), subjects: 2, slicesPerSubject: 12, size: 64, seed: 3 });
  const imported = await gantry('import', join(temp, 'phantom'), '--workspace', workspace, '--dataset', 'p');
  expect(imported.status).toBe(0);
});

/** Process ids of a process' children. A slim Linux has no `ps`, but every Linux has /proc. */
function children(pid: number): number[] {
  if (process.platform === 'linux') {
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .filter((name) => parentOf(name) === pid)
      .map(Number);
  }
  const table = execFileSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' });
  return table
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number))
    .filter(([, parent]) => parent === pid)
    .map(([child]) => child!);
}

/** Fourth field of /proc/<pid>/stat; the name before it stands in brackets and may hold anything. */
function parentOf(pid: string): number | undefined {
  try {
    return Number(readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ')[1]);
  } catch {
    return undefined;
  }
}

it.runIf(process.platform !== 'win32')(
  'a trainer process that dies does not take the Studio with it',
  async () => {
    const args = ['--workspace', workspace];
    const running = start([
      'train',
      ...args,
      '--dataset',
      'p',
      '--size',
      '32',
      '--images',
      '4000',
      '--checkpoint-every',
      '160',
    ]);
    const { run } = await running.until((line) => typeof line.run === 'string');
    await running.until((line) => line.type === 'progress' && (line.images as number) >= 400);
    const [trainer] = children(running.child.pid!);
    process.kill(trainer!, 'SIGKILL');
    const died = await running.finished;
    expect(died.status).toBe(1);
    expect(last(died)).toMatchObject({ type: 'error', code: 'TRAINER_DIED' });
    const listed = await gantry('runs', ...args);
    expect(listed.lines.find((line) => line.run === run)).toMatchObject({ state: 'interrupted' });

    const resumed = start(['train', ...args, '--resume', run as string]);
    const first = await resumed.until((line) => line.type === 'progress');
    expect(first.images as number).toBeGreaterThanOrEqual(160);
    expect(first.images as number).toBeLessThanOrEqual(600);
    resumed.child.kill('SIGINT');
    expect((await resumed.finished).status).toBe(130);
  },
);

it('says that a complete run has nothing to resume', async () => {
  const args = ['--workspace', workspace];
  const done = await gantry('train', ...args, '--dataset', 'p', '--size', '32', '--images', '64');
  const run = last(done).run as string;
  const again = await gantry('train', ...args, '--resume', run);
  expect([again.status, last(again).code]).toEqual([1, 'RUN_COMPLETE']);
});
