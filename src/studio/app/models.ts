import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { GantryError } from '../../base/errors.ts';
import { downloadUrl } from '../../contract/media.ts';
import type { Workspace } from '../../workspace/index.ts';
import { importModel, readModel } from '../model/import.ts';
import type { Jobs } from './jobs.ts';
import type { Outputs } from './outputs.ts';
import { runTask } from './task.ts';

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
   * Takes in the one file of a folder of uploads.
   * @throws USAGE, WORKSPACE_BUSY, and what readModel and importModel throw
   */
  async import(folder: string): Promise<string> {
    const [name, ...more] = await readdir(folder);
    if (name === undefined || more.length > 0) throw new GantryError('USAGE', 'Send one file at a time.');
    const hold = this.workspace.acquireWriter();
    try {
      return (await importModel(this.workspace, readModel(join(folder, name)))).run;
    } finally {
      hold.release();
    }
  }
}
