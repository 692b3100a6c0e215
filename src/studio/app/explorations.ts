import { basename } from 'node:path';
import { GantryError } from '../../base/errors.ts';
import type { ExploreChoices, ExploreRequest, GenerateRequest } from '../../contract/index.ts';
import { downloadUrl } from '../../contract/media.ts';
import { parseRunConfig, type RunConfig } from '../../gan/index.ts';
import { listCheckpoints } from '../../trainer/checkpoint.ts';
import type { Workspace } from '../../workspace/index.ts';
import { type FoundLatent, foundLatentSchema, type LatentRequest } from '../latent/request.ts';
import type { Jobs } from './jobs.ts';
import type { Outputs } from './outputs.ts';
import { runTask } from './task.ts';

/** Explorations whose pictures are kept; older ones are made again. */
const keptResults = 12;

interface Kept {
  readonly run: string;
  readonly request: LatentRequest;
  readonly bytes: Uint8Array;
  readonly found: FoundLatent | undefined;
}

export interface ExportWish {
  readonly jobId: string;
  readonly format: GenerateRequest['format'];
  readonly keepNearCopies: boolean;
  readonly target: GenerateRequest['target'];
}

/** Sequences in latent spaces, made in a thread as jobs; their pictures are kept with them. */
export class Explorations {
  private readonly workspace: Workspace;
  private readonly jobs: Jobs;
  private readonly outputs: Outputs;
  private readonly kept = new Map<string, Kept>();

  constructor(workspace: Workspace, jobs: Jobs, outputs: Outputs) {
    this.workspace = workspace;
    this.jobs = jobs;
    this.outputs = outputs;
    jobs.listen((change) => {
      if (change.type === 'job-removed') this.kept.delete(change.jobId);
    });
  }

  /** @throws NOT_FOUND */
  async choices(runId: string): Promise<ExploreChoices> {
    const run = this.workspace.run(runId);
    const config = configOf(run.config);
    const checkpoints = await listCheckpoints(this.workspace.runDir(runId));
    const { canPick } = await this.outputs.choices(runId);
    return {
      hasCheckpoint: checkpoints.length > 0,
      hasStyles: config?.generator.family === 'stylegan2',
      labels: config?.conditions?.labels.map(({ name }) => name) ?? [],
      heldOut: this.workspace.hasDataset(run.dataset) ? this.workspace.dataset(run.dataset).heldOutSlices : 0,
      canPick,
    };
  }

  /** @throws NOT_FOUND for the run, or for an exploration that is no longer kept */
  start({ runId, wish }: ExploreRequest): string {
    this.workspace.run(runId);
    const request = this.requestOf(wish);
    return this.jobs.start('explore', runId, async (job) => {
      const options = { run: runId, request };
      const { figures, bytes = new Uint8Array() } = await runTask(
        this.workspace.dir,
        { type: 'latent', options, export: null },
        { signal: job.signal, onProgress: (done, total, phase) => job.progress({ done, total, phase }) },
      );
      const { found, ...shown } = figures;
      const latent = typeof found === 'string' ? foundLatentSchema.parse(JSON.parse(found)) : undefined;
      this.kept.set(job.id, { run: runId, request, bytes, found: latent });
      for (const old of this.kept.keys()) {
        if (this.kept.size <= keptResults) break;
        this.kept.delete(old);
      }
      return { ...shown, type: request.type };
    }).id;
  }

  /** The pictures of an exploration behind a line of JSON, or null. */
  pictures(jobId: string): Uint8Array | null {
    return this.kept.get(jobId)?.bytes ?? null;
  }

  /** @throws NOT_FOUND for an exploration that is no longer kept */
  export({ jobId, format, keepNearCopies, target }: ExportWish): string {
    const { run, request, found } = this.keptOne(jobId);
    const known = request.type === 'project' && found !== undefined ? { ...request, found } : request;
    const output = this.outputs.place(`${run}-${request.type}-${format}`, target);
    return this.jobs.start('generate', run, async (job) => {
      this.outputs.keep(job.id, output);
      try {
        const { figures } = await runTask(
          this.workspace.dir,
          {
            type: 'latent',
            options: { run, request: known },
            export: { format, outDir: output.folder, keepNearCopies },
          },
          { signal: job.signal, onProgress: (done, total, phase) => job.progress({ done, total, phase }) },
        );
        const { found: _, ...told } = figures;
        return output.archive === undefined
          ? { ...told, folder: basename(output.folder) }
          : { ...told, download: downloadUrl(job.id) };
      } catch (error) {
        await this.outputs.discard(job.id);
        throw error;
      }
    }).id;
  }

  private keptOne(jobId: string): Kept {
    const kept = this.kept.get(jobId);
    if (kept !== undefined) return kept;
    throw new GantryError('NOT_FOUND', 'The slices of this exploration are no longer kept.', {
      action: 'Make them again.',
    });
  }

  private requestOf(wish: ExploreRequest['wish']): LatentRequest {
    switch (wish.type) {
      case 'project': {
        const { sliceId, space, seed, steps } = wish;
        const slice = sliceId === undefined ? {} : { slice: Number(sliceId) };
        return {
          type: 'project',
          projection: { ...slice, ...(space === undefined ? {} : { space }), steps, starts: 4, seed },
        };
      }
      case 'near': {
        const { centre, ...rest } = wish;
        if (centre.type === 'slice') return { ...rest, centre };
        const { found } = this.keptOne(centre.jobId);
        if (found === undefined) {
          throw new GantryError('NOT_FOUND', 'The exploration has projected no slice.');
        }
        return { ...rest, centre: { type: 'found', latent: found } };
      }
      default:
        return wish;
    }
  }
}

/** undefined for a configuration of another version: exploring says what is wrong with it. */
function configOf(config: unknown): RunConfig | undefined {
  try {
    return parseRunConfig((config as Record<string, unknown>).gan);
  } catch {
    return undefined;
  }
}
