import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { GantryError } from '../../base/errors.ts';
import { downloadUrl } from '../../contract/media.ts';
import type { Workspace } from '../../workspace/index.ts';
import { adoptModel } from '../model/import.ts';
import type { Jobs } from './jobs.ts';
import type { Outputs } from './outputs.ts';
import { stagingFolder } from './staging.ts';
import { runTask } from './task.ts';

const writtenSchema = z.object({ name: z.string(), sha256: z.string() });

/** Model files that go out and come in. */
export class Models {
  private readonly workspace: Workspace;
  private readonly jobs: Jobs;
  private readonly outputs: Outputs;

  constructor(workspace: Workspace, jobs: Jobs, outputs: Outputs) {
    this.workspace = workspace;
    this.jobs = jobs;
    this.outputs = outputs;
  }

  /** The model file of a run's newest checkpoint, as a download. @throws NOT_FOUND */
  export(runId: string): string {
    this.workspace.run(runId);
    const output = this.outputs.place(`${runId}-model`, { type: 'download' });
    return this.jobs.start('model', runId, async (job) => {
      this.outputs.keep(job.id, output);
      const task = { type: 'model', run: runId, outDir: output.folder } as const;
      const { figures } = await runTask(this.workspace.dir, task, { signal: job.signal });
      return { ...figures, download: downloadUrl(job.id) };
    }).id;
  }

  /**
   * Takes in the one file of a folder of uploads, as a job: a thread of its own reads and checks it.
   * @param discard removes the upload, in the end or when nothing can be begun
   * @throws USAGE, WORKSPACE_BUSY
   */
  async import(folder: string, discard: () => Promise<void>): Promise<string> {
    try {
      const [name, ...more] = await readdir(folder);
      if (name === undefined || more.length > 0) throw new GantryError('USAGE', 'Send one file at a time.');
      return this.take(join(folder, name), discard);
    } catch (error) {
      await discard();
      throw error;
    }
  }

  private take(file: string, discard: () => Promise<void>): string {
    const { dir } = this.workspace;
    // Held from the beginning: a model is not checked for a workspace that cannot take it.
    const hold = this.workspace.acquireWriter();
    const staged = stagingFolder(dir, 'export').folder;
    return this.jobs.start('model-import', '', async ({ signal, progress }) => {
      try {
        await mkdir(staged, { recursive: false, mode: 0o700 });
        const { figures } = await runTask(
          dir,
          { type: 'model-import', file, outDir: staged },
          { signal, onProgress: (done, total) => progress({ done, total }) },
        );
        const { run, images } = await adoptModel(this.workspace, staged, writtenSchema.parse(figures));
        return { runId: run, images };
      } finally {
        hold.release();
        await rm(staged, { recursive: true, force: true, maxRetries: 3 }).catch(() => {});
        await discard();
      }
    }).id;
  }
}
