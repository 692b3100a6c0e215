import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRouterClient } from '@orpc/server';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Job } from '../../src/contract/index.ts';
import { evaluationUrl } from '../../src/contract/media.ts';
import { openStudioApp, type StudioApp } from '../../src/studio/app/index.ts';
import { gantry, last } from '../support/cli.ts';
import { testData } from '../support/data.ts';

const temp = mkdtempSync(join(tmpdir(), 'gantry-evaluations-'));
const workspace = join(temp, 'workspace');
afterAll(() => rmSync(temp, { recursive: true, force: true }));

describe.runIf(testData !== undefined)('evaluations from the screens', { timeout: 300_000 }, () => {
  let app: StudioApp;
  const client = () => createRouterClient(app.router);

  /** A job once it has ended. */
  async function ended(jobId: string, onRunning?: (job: Job) => void): Promise<Job> {
    for (;;) {
      const job = (await client().jobs.list()).find(({ id }) => id === jobId)!;
      if (job.state !== 'running' && job.state !== 'cancelling') return job;
      onRunning?.(job);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  beforeAll(async () => {
    const scans = join(temp, 'scans');
    mkdirSync(scans);
    const source = join(testData!, 'nifti', 'hippocampus');
    for (const file of readdirSync(source).sort().slice(0, 12)) {
      copyFileSync(join(source, file), join(scans, file));
    }
    const args = ['--workspace', workspace, '--dataset', 'hippocampus'];
    expect(last(await gantry('import', scans, ...args, '--plane', 'axial')).type).toBe('done');
    const trained = await gantry('train', ...args, '--preset', 'tiny', '--size', '32', '--images', '160');
    expect(last(trained).type).toBe('done');
    app = await openStudioApp({ workspace, shell: 'serve' });
  });
  afterAll(() => app.close());

  it('run as a job with progress, and leave numbers and a page', async () => {
    const { jobId } = await client().evaluations.start({ runId: 'run-0001', count: 64, seed: 3 });
    const phases = new Set<string | null>();
    const job = await ended(jobId, ({ phase }) => phases.add(phase));
    expect(job).toMatchObject({ kind: 'evaluate', subject: 'run-0001', state: 'done', failure: null });
    expect(phases.size).toBeGreaterThan(2);
    const [summary] = await client().evaluations.list({ runId: 'run-0001' });
    expect(summary).toMatchObject({ id: job.outcome!.evaluationId, images: 160, slices: 64, seed: 3 });
    const found = await client().evaluations.get({ runId: 'run-0001', evaluationId: summary!.id });
    expect(found.compared).toBe(64);
    expect(found.figures.find(({ id }) => id === 'kid.pixels and gradients')!.sets.floor!.value).toBeLessThan(
      1,
    );
    expect(found.copying!.judged).toBe(64);
    expect(found.findings.length).toBeGreaterThan(0);
    const page = await app.media(evaluationUrl('run-0001', summary!.id), new URLSearchParams());
    expect(page!.type).toContain('text/html');
    expect(Buffer.from(page!.bytes).toString('utf8')).toContain('Evaluation of synthetic slices');
    expect(await app.media(evaluationUrl('run-0001', '20200101T000000-1'), new URLSearchParams())).toBeNull();
  });

  it('end when they are cancelled, and leave nothing', async () => {
    const before = await client().evaluations.list({ runId: 'run-0001' });
    const { jobId } = await client().evaluations.start({ runId: 'run-0001', count: 64, seed: 4 });
    await expect(client().evaluations.start({ runId: 'run-0001', count: 64, seed: 5 })).rejects.toMatchObject(
      { data: { code: 'WORKSPACE_BUSY' } },
    );
    await client().jobs.cancel({ jobId });
    expect((await ended(jobId)).state).toBe('cancelled');
    expect(await client().evaluations.list({ runId: 'run-0001' })).toEqual(before);
    await expect(client().evaluations.start({ runId: 'run-0099', count: 64, seed: 5 })).rejects.toMatchObject(
      { data: { code: 'NOT_FOUND' } },
    );
  });
});
