import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { z } from 'zod';
import { GantryError } from '../../base/errors.ts';
import { entryUrl } from '../../base/runtime.ts';
import { askToEnd } from '../../base/threads.ts';
import { listCheckpoints } from '../../trainer/checkpoint.ts';
import { type Workspace, writeFileAtomic } from '../../workspace/index.ts';

const answerSchema = z.union([
  z.object({ png: z.instanceof(Uint8Array) }),
  z.object({ code: z.string(), message: z.string() }),
]);

export interface SampleEntry {
  /** Name of the checkpoint. */
  readonly name: string;
  readonly images: number;
}

/**
 * Sheets of samples, one a checkpoint, made when they are first looked at and kept in the run's folder, so
 * that they outlive the checkpoints, of which a run keeps only the newest.
 */
export class Samples {
  private readonly workspace: Workspace;
  private readonly underway = new Map<string, Promise<Uint8Array>>();
  private turn: Promise<unknown> = Promise.resolve();
  private readonly workers = new Set<Worker>();
  private isClosed = false;

  constructor(workspace: Workspace) {
    this.workspace = workspace;
  }

  /** Oldest first. */
  async list(runId: string): Promise<SampleEntry[]> {
    const kept = await readdir(this.folder(runId)).catch(() => []);
    const names = new Set(kept.flatMap((file) => (file.endsWith('.png') ? [file.slice(0, -4)] : [])));
    for (const { name } of await listCheckpoints(this.workspace.runDir(runId))) names.add(name);
    return [...names]
      .flatMap((name) => {
        const match = /^images-(\d{9,12})$/.exec(name);
        return match === null ? [] : [{ name, images: Number(match[1]) }];
      })
      .sort((a, b) => a.images - b.images);
  }

  /** The sheet of a checkpoint as PNG; null where there is neither a kept one nor the checkpoint. */
  async picture(runId: string, name: string): Promise<Uint8Array | null> {
    const run = this.workspace.run(runId);
    const file = join(this.folder(runId), `${name}.png`);
    const kept = await readFile(file).catch(() => null);
    if (kept !== null) return kept;
    const checkpoint = (await listCheckpoints(this.workspace.runDir(runId))).find((one) => one.name === name);
    if (checkpoint === undefined) return null;
    const key = `${runId}/${name}`;
    const made = this.underway.get(key) ?? this.make(checkpoint.folder, run.seed, file);
    this.underway.set(key, made);
    try {
      return await made;
    } finally {
      this.underway.delete(key);
    }
  }

  /** Ends what is being drawn, and draws no more. */
  async close(): Promise<void> {
    this.isClosed = true;
    const ended = [...this.workers].map((worker) => once(worker, 'exit'));
    for (const worker of this.workers) askToEnd(worker);
    await Promise.all(ended);
  }

  private folder(runId: string): string {
    return join(this.workspace.runDir(runId), 'samples');
  }

  /** One after another: each takes a core and the memory of a generator. */
  private make(folder: string, seed: number, file: string): Promise<Uint8Array> {
    const made = this.turn.then(() => this.draw(folder, seed));
    this.turn = made.catch(() => {});
    return made.then((png) => {
      try {
        writeFileAtomic(file, png);
      } catch {
        // A full or read-only disk: the sheet is shown all the same, and drawn again next time.
      }
      return png;
    });
  }

  private async draw(folder: string, seed: number): Promise<Uint8Array> {
    if (this.isClosed) throw new GantryError('CANCELLED', 'The sheet was not begun.');
    const worker = new Worker(entryUrl('./sampleWorker.ts', import.meta.url), {
      workerData: { folder, seed },
    });
    this.workers.add(worker);
    worker.once('exit', () => this.workers.delete(worker));
    return new Promise<Uint8Array>((resolve, reject) => {
      worker.once('message', (message) => {
        const answer = answerSchema.parse(message);
        if ('png' in answer) resolve(answer.png);
        else if (answer.code === 'CANCELLED') reject(new GantryError('CANCELLED', answer.message));
        else reject(new GantryError('BAD_CHECKPOINT', answer.message));
      });
      worker.once('error', reject);
      worker.once('exit', () => reject(new GantryError('CANCELLED', 'The sheet was not finished.')));
    });
  }
}
