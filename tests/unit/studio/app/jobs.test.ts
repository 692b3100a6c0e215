import { describe, expect, it } from 'vitest';
import { GantryError } from '../../../../src/base/errors.ts';
import { Jobs } from '../../../../src/studio/app/jobs.ts';

/** Work that ends when it is told to, or when it is cancelled. */
function held() {
  const { promise, resolve, reject } = Promise.withResolvers<Record<string, number>>();
  return { promise, resolve, reject };
}

describe('jobs', () => {
  it('go from running to done and tell every change', async () => {
    const jobs = new Jobs();
    const told: string[] = [];
    jobs.listen((change) => told.push(change.type === 'job' ? change.job.state : change.type));
    const { id, ended } = jobs.start('import', 'heads', async (job) => {
      job.progress({ done: 1, total: 4 });
      job.reject('a/b.dcm', 'CORRUPT', 'The file contradicts itself.');
      return { added: 3 };
    });
    await ended;
    expect(jobs.get(id)).toMatchObject({
      state: 'done',
      done: 1,
      total: 4,
      rejected: 1,
      outcome: { added: 3 },
    });
    expect(jobs.rejects(id, 0, 10)).toEqual({
      total: 1,
      items: [{ name: 'a/b.dcm', code: 'CORRUPT', reason: 'The file contradicts itself.' }],
    });
    expect(told[0]).toBe('running');
    expect(told.at(-1)).toBe('done');
    jobs.dismiss(id);
    expect(told.at(-1)).toBe('job-removed');
    expect(jobs.list()).toEqual([]);
    expect(() => jobs.get(id)).toThrow(GantryError);
  });

  it('end as cancelled when they were cancelled, and as failed otherwise', async () => {
    const jobs = new Jobs();
    const cancelled = jobs.start('generate', 'run-0001', async ({ signal }) => {
      await new Promise((_, reject) => {
        signal.addEventListener('abort', () => reject(new GantryError('CANCELLED', 'Cancelled.')));
      });
      return {};
    });
    expect(() => jobs.dismiss(cancelled.id)).toThrow('still at work');
    expect(jobs.isBusy('generate')).toBe(true);
    jobs.cancel(cancelled.id);
    expect(jobs.get(cancelled.id).state).toBe('cancelling');
    await cancelled.ended;
    expect(jobs.get(cancelled.id)).toMatchObject({ state: 'cancelled', failure: null });
    expect(jobs.isBusy('generate')).toBe(false);

    const failed = jobs.start('import', 'heads', async () => {
      throw new GantryError('DISK_FULL', 'The disk is full.', { action: 'Free some space.' });
    });
    await failed.ended;
    expect(jobs.get(failed.id)).toMatchObject({
      state: 'failed',
      failure: { code: 'DISK_FULL', message: 'The disk is full.', action: 'Free some space.' },
    });
  });

  it('say nothing of an unexplained failure, which could name a file', async () => {
    const jobs = new Jobs();
    const { id, ended } = jobs.start('import', 'heads', async () => {
      throw new Error('cannot read /home/doe/JOHN_DOE.dcm');
    });
    await ended;
    expect(JSON.stringify(jobs.get(id))).not.toContain('DOE');
  });

  it('estimate what is left from the rate so far', async () => {
    const jobs = new Jobs();
    const gate = held();
    const { id, ended } = jobs.start('generate', 'run-0001', async (job) => {
      await new Promise((resolve) => setTimeout(resolve, 30));
      job.progress({ done: 1, total: 3 });
      return gate.promise;
    });
    await expect.poll(() => jobs.get(id).done).toBe(1);
    const { remainingMs, elapsedMs } = jobs.get(id);
    expect(remainingMs).toBeGreaterThan(30);
    expect(remainingMs).toBeLessThanOrEqual(2 * elapsedMs);
    gate.resolve({});
    await ended;
    expect(jobs.get(id).remainingMs).toBeNull();
  });

  it('are cancelled and waited for when the studio closes', async () => {
    const jobs = new Jobs();
    let cleaned = false;
    jobs.start('import', 'heads', async ({ signal }) => {
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
      cleaned = true;
      throw new GantryError('CANCELLED', 'Cancelled.');
    });
    await jobs.close();
    expect(cleaned).toBe(true);
  });
});
