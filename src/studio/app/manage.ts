import { cp, mkdir, readdir, rm, stat, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { GantryError } from '../../base/errors.ts';
import type { AppInfo, DiskUse, DoctorItem } from '../../contract/index.ts';
import { downloadUrl } from '../../contract/media.ts';
import { isUnderWay, type Workspace } from '../../workspace/index.ts';
import { examine } from '../doctor/index.ts';
import { importPaths } from '../import/index.ts';
import type { Jobs } from './jobs.ts';
import type { Outputs, OutputTarget } from './outputs.ts';
import { stagingFolder } from './staging.ts';
import { runTask } from './task.ts';
import type { Trainings } from './trainings.ts';

/** Everything of a workspace that cannot be made again; the database is copied apart. */
const keptParts = ['secret', 'content', 'runs'];
const phantom = { dataset: 'phantom', subjects: 6, slicesPerSubject: 96, seed: 1 };

async function bytesBelow(path: string): Promise<number> {
  const info = await stat(path).catch(() => undefined);
  if (info === undefined) return 0;
  if (!info.isDirectory()) return info.size;
  const children = await readdir(path).catch(() => []);
  const sizes = await Promise.all(children.map((name) => bytesBelow(join(path, name))));
  return sizes.reduce((sum, size) => sum + size, 0);
}

/** Looking after the workspace: names, disk, backup, and what helps to explain a fault. */
export class Manage {
  private readonly workspace: Workspace;
  private readonly jobs: Jobs;
  private readonly outputs: Outputs;
  private readonly trainings: Trainings;

  constructor(workspace: Workspace, jobs: Jobs, outputs: Outputs, trainings: Trainings) {
    this.workspace = workspace;
    this.jobs = jobs;
    this.outputs = outputs;
    this.trainings = trainings;
  }

  async disk(): Promise<DiskUse> {
    const { dir } = this.workspace;
    const names = await readdir(dir);
    const sum = async (test: (name: string) => boolean) => {
      const sizes = await Promise.all(names.filter(test).map((name) => bytesBelow(join(dir, name))));
      return sizes.reduce((total, size) => total + size, 0);
    };
    const { bavail, bsize } = await statfs(dir);
    const isDatabase = (name: string) => name.startsWith('workspace.db');
    const isKnown = (name: string) => ['content', 'runs', 'cache'].includes(name) || isDatabase(name);
    return {
      parts: [
        { part: 'slices', bytes: await sum((name) => name === 'content') },
        { part: 'runs', bytes: await sum((name) => name === 'runs') },
        { part: 'cache', bytes: await sum((name) => name === 'cache') },
        { part: 'database', bytes: await sum(isDatabase) },
        { part: 'other', bytes: await sum((name) => !isKnown(name)) },
      ],
      freeBytes: bavail * bsize,
    };
  }

  /** @throws ALREADY_EXISTS, USAGE for the name, DATASET_IN_USE while it is imported, WORKSPACE_BUSY */
  renameDataset(name: string, next: string): void {
    this.writing(() => {
      using _ = this.workspace.lease(name, 'read');
      this.workspace.renameDataset(name, next);
    });
  }

  /** @throws DATASET_IN_USE while something works with it, WORKSPACE_BUSY */
  deleteDataset(name: string): void {
    this.writing(() => {
      using _ = this.workspace.lease(name, 'change');
      this.workspace.deleteDataset(name);
    });
  }

  noteRun(runId: string, note: string): void {
    this.writing(() => this.workspace.updateRun(runId, { note: note.trim() === '' ? null : note.trim() }));
  }

  /** @throws WORKSPACE_BUSY while it trains */
  deleteRun(runId: string): void {
    const { state } = this.workspace.run(runId);
    if (isUnderWay(state) && this.trainings.isHere(runId)) {
      throw new GantryError('WORKSPACE_BUSY', 'The run is training.', { action: 'Stop it first.' });
    }
    this.writing(() => this.workspace.deleteRun(runId));
  }

  /** A copy of everything that cannot be made again, the secret among it. @throws WORKSPACE_BUSY */
  backup(target: OutputTarget, name: string): string {
    const output = this.outputs.place(`${name}-backup`, target);
    return this.jobs.start('backup', name, async (job) => {
      this.outputs.keep(job.id, output);
      const hold = this.workspace.acquireWriter();
      try {
        await mkdir(output.folder, { recursive: true, mode: 0o700 });
        this.workspace.copyDatabase(join(output.folder, 'workspace.db'));
        for (const [i, part] of keptParts.entries()) {
          job.signal.throwIfAborted();
          job.progress({ done: i + 1, total: keptParts.length + 1 });
          await cp(join(this.workspace.dir, part), join(output.folder, part), {
            recursive: true,
            force: false,
          }).catch((error: NodeJS.ErrnoException) => {
            // An empty workspace has no slices or runs.
            if (error.code !== 'ENOENT') throw error;
          });
        }
        job.progress({ done: keptParts.length + 1, total: keptParts.length + 1 });
        return output.archive === undefined ? { folder: name } : { download: downloadUrl(job.id) };
      } catch (error) {
        await rm(output.folder, { recursive: true, force: true }).catch(() => {});
        throw error;
      } finally {
        hold.release();
      }
    }).id;
  }

  doctor(): Promise<DoctorItem[]> {
    return examine();
  }

  /** Kinds, counts and codes; no names, which people choose, no texts, no paths and no pixels. */
  async diagnostics(info: AppInfo): Promise<string> {
    const { workspace: _, ...app } = info;
    const datasets = this.workspace.datasets();
    const runs = this.workspace.runs();
    const bundle = {
      app,
      machine: await examine(),
      disk: await this.disk(),
      datasets: datasets.map(
        ({ slices, empty, excluded, series, subjects, notices, modalities, planes }) => ({
          slices,
          empty,
          excluded,
          series,
          subjects,
          notices,
          modalities,
          planes,
        }),
      ),
      runs: runs.map(({ id, preset, size, device, state, images, totalImages, seconds }) => ({
        id,
        preset,
        size,
        device,
        state: state.kind,
        code: state.kind === 'failed' ? state.code : null,
        images,
        totalImages,
        seconds,
        events: this.workspace.events(id).map(({ kind, images: at }) => ({ kind, images: at })),
      })),
      jobs: this.jobs.list().map(({ kind, state, done, total, rejected, failure }) => ({
        kind,
        state,
        done,
        total,
        rejected,
        code: failure?.code ?? null,
      })),
    };
    return JSON.stringify(bundle, null, 2);
  }

  /** The first steps without any scans: a phantom, imported and trained on. @throws WORKSPACE_BUSY */
  tryPhantom(minutes: number): string {
    if (this.jobs.isBusy('demo')) {
      throw new GantryError('WORKSPACE_BUSY', 'The phantom is being made already.');
    }
    const { folder } = stagingFolder(this.workspace.dir, 'export');
    const { dataset, subjects, slicesPerSubject, seed } = phantom;
    return this.jobs.start('demo', dataset, async (job) => {
      const { signal } = job;
      try {
        await runTask(
          this.workspace.dir,
          { type: 'phantom', outDir: folder, subjects, slicesPerSubject, seed },
          { signal, onProgress: (done, total) => job.progress({ done, total, phase: 'drawing' }) },
        );
        const { added, setAside } = await importPaths(
          this.workspace,
          { paths: [folder], dataset },
          {
            signal,
            onProgress: ({ filesDone, filesTotal, remainingMs }) =>
              job.progress({ done: filesDone, total: filesTotal, remainingMs, phase: 'reading' }),
          },
        );
        const datasetId = String(this.workspace.dataset(dataset).id);
        const request = { datasetId, preset: 'tiny', size: 64, seed, minutes };
        return { datasetId, added, setAside, runId: await this.trainings.start(request, dataset) };
      } finally {
        await rm(folder, { recursive: true, force: true, maxRetries: 3 }).catch(() => {});
      }
    }).id;
  }

  private writing(work: () => void): void {
    const hold = this.workspace.acquireWriter();
    try {
      work();
    } finally {
      hold.release();
    }
  }
}
