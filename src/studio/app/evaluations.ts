import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { CardTexts } from '../../base/cardTexts.ts';
import { GantryError } from '../../base/errors.ts';
import { evaluationDetailSchema } from '../../contract/evaluations.ts';
import type { EvaluationDetail, EvaluationRequest, EvaluationSummary } from '../../contract/index.ts';
import type { Workspace } from '../../workspace/index.ts';
import { stateCardTexts, statedHtml, statedMarkdown, withStated } from '../evaluate/stated.ts';
import type { Jobs } from './jobs.ts';
import { runTask } from './task.ts';

const steps = 1000;
const reportFile = 'report.json';
const pageFile = 'report.html';
const cardFile = 'model-card.md';
const idPattern = /^\d{8}T\d{6}-\d{1,10}$/;

/** Parts of report.json that stand elsewhere in the contract. */
const headSchema = z.object({
  createdAt: z.string(),
  judged: z.object({ 'images seen': z.number(), seed: z.number(), slices: z.number() }),
  dataset: z.unknown(),
  settings: z.object({ compared: z.number() }),
  copying: z.object({ nearCopies: z.array(z.unknown()) }).nullable(),
  plausibility: z.object({ implausible: z.number() }).nullable(),
});

/** Evaluations that the screens ask for: made in a thread, as a job; kept in the run's folder and read from there. */
export class Evaluations {
  private readonly workspace: Workspace;
  private readonly jobs: Jobs;

  constructor(workspace: Workspace, jobs: Jobs) {
    this.workspace = workspace;
    this.jobs = jobs;
  }

  /** @throws NOT_FOUND for the run, WORKSPACE_BUSY while another evaluation is at work */
  start({ runId, count, seed }: EvaluationRequest): string {
    this.workspace.run(runId);
    if (this.jobs.isBusy('evaluate')) {
      throw new GantryError('WORKSPACE_BUSY', 'Another evaluation is at work.', {
        action: 'Wait for its end, or cancel it.',
      });
    }
    const at = new Date()
      .toISOString()
      .replace(/\.\d+Z$/, '')
      .replace(/[-:]/g, '');
    const id = `${at}-${seed}`;
    return this.jobs.start('evaluate', runId, async (job) => {
      const { figures } = await runTask(
        this.workspace.dir,
        { type: 'evaluate', run: runId, count, seed, outDir: join(this.folder(runId), id) },
        {
          signal: job.signal,
          onProgress: (done, total, phase) => job.progress({ done, total, phase }),
        },
      );
      return { ...figures, evaluationId: id };
    }).id;
  }

  /** Newest first. @throws NOT_FOUND */
  async list(runId: string): Promise<EvaluationSummary[]> {
    this.workspace.run(runId);
    const names = existsSync(this.folder(runId)) ? await readdir(this.folder(runId)) : [];
    const found: EvaluationSummary[] = [];
    for (const id of names
      .filter((name) => idPattern.test(name))
      .sort()
      .reverse()) {
      try {
        const { createdAt, images, slices, seed, nearCopies } = await this.get(runId, id);
        found.push({ id, createdAt, images, slices, seed, nearCopies });
      } catch {
        // Half made, or of a later version: not listed.
      }
    }
    return found;
  }

  /** @throws NOT_FOUND, CORRUPT */
  async get(runId: string, id: string): Promise<EvaluationDetail> {
    const report: unknown = JSON.parse((await this.read(runId, id, reportFile)).toString('utf8'));
    const head = headSchema.safeParse(report);
    if (!head.success) throw new GantryError('CORRUPT', 'The report of this evaluation cannot be read.');
    const { createdAt, judged, settings, copying, plausibility } = head.data;
    return evaluationDetailSchema.parse({
      ...(report as object),
      id,
      createdAt,
      images: judged['images seen'],
      slices: judged.slices,
      seed: judged.seed,
      nearCopies: copying?.nearCopies.length ?? null,
      compared: settings.compared,
      implausible: plausibility?.implausible ?? null,
    });
  }

  /** The report as a page of its own, with what the makers of the run say today. @throws NOT_FOUND */
  async page(runId: string, id: string): Promise<Buffer> {
    const page = (await this.read(runId, id, pageFile)).toString('utf8');
    return Buffer.from(withStated(page, statedHtml(this.workspace.cardTexts(runId))));
  }

  /** The model card, likewise. @throws NOT_FOUND */
  async card(runId: string, id: string): Promise<Buffer> {
    const card = (await this.read(runId, id, cardFile)).toString('utf8');
    return Buffer.from(withStated(card, statedMarkdown(this.workspace.cardTexts(runId))));
  }

  /** @throws NOT_FOUND */
  cardTexts(runId: string): CardTexts {
    return this.workspace.cardTexts(runId);
  }

  /** @throws NOT_FOUND, BAD_CONFIG, WORKSPACE_BUSY */
  setCardTexts(runId: string, texts: CardTexts): CardTexts {
    return stateCardTexts(this.workspace, runId, texts);
  }

  private folder(runId: string): string {
    return join(this.workspace.runDir(runId), 'evaluations');
  }

  private async read(runId: string, id: string, name: string): Promise<Buffer> {
    this.workspace.run(runId);
    const file = join(this.folder(runId), id, name);
    if (!idPattern.test(id) || !existsSync(file)) {
      throw new GantryError('NOT_FOUND', 'There is no such evaluation of this run.');
    }
    return readFile(file);
  }
}

/** Progress of an evaluation as a job tells it: parts of a thousand, and a stable word for the stage. */
export function evaluationProgress(
  share: number,
  stage: string,
): { done: number; total: number; phase: string } {
  const words = ['real', 'synthetic', 'features', 'figures', 'copying', 'plausibility', 'use', 'report'];
  const phase = words.find((word) => stage.toLowerCase().startsWith(word)) ?? 'report';
  return { done: Math.round(share * steps), total: steps, phase };
}
