import type { ReviewSetDetail, ReviewSetSummary, Verdict } from '../../contract/study.ts';
import type { Workspace } from '../../workspace/index.ts';
import type { ReviewSetRecord } from '../../workspace/reviews.ts';
import { buildReviewAside } from '../study/build.ts';
import { idOf, type JobStarter } from '../study/views.ts';
import { ReviewSets } from './sets.ts';

/** Review sets as the screens see them. */
export class ReviewViews {
  readonly sets: ReviewSets;
  private readonly ws: Workspace;
  private readonly jobs: JobStarter;

  constructor(ws: Workspace, jobs: JobStarter) {
    this.ws = ws;
    this.jobs = jobs;
    this.sets = new ReviewSets(ws);
  }

  list(): ReviewSetSummary[] {
    const datasets = new Map(this.ws.datasets().map(({ name, id }) => [name, String(id)]));
    const names = new Map(this.ws.runs().map(({ id, dataset }) => [id, dataset]));
    return this.sets
      .list()
      .map(({ set, judged, rejected }) =>
        this.summary(set, datasets.get(names.get(set.run) ?? '') ?? null, judged, rejected),
      );
  }

  create(request: { runId: string; count: number; seed: number }): string {
    const { runId: run, count, seed } = request;
    this.ws.run(run);
    return this.jobs.start('review', run, async (job) => {
      const built = await buildReviewAside(
        this.ws.dir,
        { run, count, seed },
        { signal: job.signal, onProgress: (done, total) => job.progress({ done, total }) },
      );
      const id = this.sets.keep({ run, count, seed }, built);
      return { setId: String(id), slices: count };
    }).id;
  }

  get(setId: string): ReviewSetDetail {
    const set = this.sets.get(idOf(setId));
    const said = [...set.verdicts.values()].filter(({ verdict }) => verdict !== 'none');
    const summary = this.list().find(({ id }) => id === setId);
    return {
      ...this.summary(
        set,
        summary?.datasetId ?? null,
        said.length,
        said.filter(({ verdict }) => verdict === 'reject').length,
      ),
      copyThreshold: set.copyThreshold,
      items: set.reviewSlices.map(({ nearest, ...slice }) => {
        const verdict = set.verdicts.get(slice.slice);
        return {
          ...slice,
          nearest: nearest === null ? null : String(nearest),
          verdict: verdict?.verdict ?? 'none',
          reason: verdict?.reason ?? null,
          note: verdict?.note ?? null,
          reader: verdict?.reader ?? null,
          at: verdict?.at ?? null,
        };
      }),
      real: set.real.map(({ slice, x, y }) => ({ sliceId: String(slice), x, y })),
    };
  }

  judge(said: {
    setId: string;
    slice: number;
    verdict: Verdict;
    reason: string | null;
    note: string | null;
    reader: string;
  }): void {
    const { setId, ...verdict } = said;
    this.sets.judge(idOf(setId), verdict);
  }

  close(): void {
    this.sets.close();
  }

  private summary(
    set: ReviewSetRecord,
    datasetId: string | null,
    judged: number,
    rejected: number,
  ): ReviewSetSummary {
    const { id, run, seed, checkpoint, slices, size, createdAt } = set;
    return {
      id: String(id),
      runId: run,
      datasetId,
      seed,
      checkpoint,
      slices,
      size,
      createdAt,
      judged,
      rejected,
    };
  }
}
