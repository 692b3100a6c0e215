import { implement, ORPCError } from '@orpc/server';
import { type AppInfo, contract } from '../../contract/index.ts';
import type { ReviewViews } from '../review/views.ts';
import { idOf, type StudyViews, toReading } from '../study/views.ts';
import type { ChangeFeed } from './changes.ts';
import type { DatasetViews } from './datasets.ts';
import type { Evaluations } from './evaluations.ts';
import type { Explorations } from './explorations.ts';
import type { HealthViews } from './health.ts';
import type { Imports } from './imports.ts';
import type { Jobs } from './jobs.ts';
import type { Manage } from './manage.ts';
import type { Merges } from './merges.ts';
import type { Models } from './models.ts';
import { thirdPartyNotices } from './notices.ts';
import type { Outputs } from './outputs.ts';
import { outward } from './outward.ts';
import type { Planning } from './planning.ts';
import type { Presence } from './presence.ts';
import type { RunViews } from './runs.ts';
import type { Trainings } from './trainings.ts';
import type { Uploads } from './uploads.ts';

export interface Views {
  info(): AppInfo;
  readonly presence: Presence;
  readonly datasets: DatasetViews;
  readonly health: HealthViews;
  readonly runs: RunViews;
  readonly trainings: Trainings;
  readonly planning: Planning;
  readonly changes: ChangeFeed;
  readonly jobs: Jobs;
  readonly imports: Imports;
  readonly outputs: Outputs;
  readonly manage: Manage;
  readonly merges: Merges;
  readonly models: Models;
  readonly evaluations: Evaluations;
  readonly explorations: Explorations;
  /** Shows a folder in the system's file manager. */
  reveal(folder: string): void;
  readonly uploads: Uploads;
  readonly studies: StudyViews;
  readonly reviews: ReviewViews;
}

/** The contract's calls over the views. Every failure leaves as the contract's STUDIO error. */
export function appRouter(views: Views) {
  const os = implement(contract).use(async ({ next, errors, path }) => {
    try {
      views.presence.check(path);
      return await next();
    } catch (error) {
      // Refusals of the contract itself (a malformed input) keep their own kind.
      if (error instanceof ORPCError) throw error;
      const { message, ...data } = outward(error);
      throw errors.STUDIO({ message, data });
    }
  });
  return os.router({
    app: {
      info: os.app.info.handler(() => views.info()),
    },
    imports: {
      ways: os.imports.ways.handler(() => views.imports.ways()),
      browse: os.imports.browse.handler(({ input }) => views.imports.browse(input.placeId, input.path)),
      pick: os.imports.pick.handler(({ input }) => views.imports.pick(input.kind)),
      beginUpload: os.imports.beginUpload.handler(async () => ({ uploadId: await views.uploads.begin() })),
      discardUpload: os.imports.discardUpload.handler(async ({ input }) => {
        await views.uploads.discard(input.uploadId);
        return {};
      }),
      start: os.imports.start.handler(async ({ input }) => ({ jobId: await views.imports.start(input) })),
    },
    outputs: {
      choices: os.outputs.choices.handler(({ input }) => views.outputs.choices(input.runId)),
      pick: os.outputs.pick.handler(() => views.outputs.pick()),
      start: os.outputs.start.handler(({ input }) => ({ jobId: views.outputs.start(input) })),
      reveal: os.outputs.reveal.handler(({ input }) => {
        const folder = views.outputs.folderOf(input.jobId);
        if (folder !== undefined) views.reveal(folder);
        return {};
      }),
    },
    explorations: {
      choices: os.explorations.choices.handler(({ input }) => views.explorations.choices(input.runId)),
      start: os.explorations.start.handler(({ input }) => ({ jobId: views.explorations.start(input) })),
      export: os.explorations.export.handler(({ input }) => ({ jobId: views.explorations.export(input) })),
    },
    evaluations: {
      start: os.evaluations.start.handler(({ input }) => ({ jobId: views.evaluations.start(input) })),
      list: os.evaluations.list.handler(({ input }) => views.evaluations.list(input.runId)),
      get: os.evaluations.get.handler(({ input }) => views.evaluations.get(input.runId, input.evaluationId)),
      cardTexts: os.evaluations.cardTexts.handler(({ input }) => views.evaluations.cardTexts(input.runId)),
      setCardTexts: os.evaluations.setCardTexts.handler(({ input }) =>
        views.evaluations.setCardTexts(input.runId, input.texts),
      ),
    },
    merges: {
      plan: os.merges.plan.handler(({ input, signal }) =>
        views.merges.plan(
          input.datasetIds.map((id) => views.datasets.nameOf(id)),
          signal,
        ),
      ),
      start: os.merges.start.handler(({ input: { datasetIds, name } }) => ({
        jobId: views.merges.start(
          datasetIds.map((id) => views.datasets.nameOf(id)),
          name,
        ),
      })),
    },
    models: {
      export: os.models.export.handler(({ input }) => ({ jobId: views.models.export(input.runId) })),
      import: os.models.import.handler(async ({ input: { uploadId } }) => {
        const discard = () => views.uploads.discard(uploadId);
        return { jobId: await views.models.import(views.uploads.folder(uploadId), discard) };
      }),
    },
    manage: {
      disk: os.manage.disk.handler(() => views.manage.disk()),
      renameDataset: os.manage.renameDataset.handler(({ input }) => {
        views.manage.renameDataset(views.datasets.nameOf(input.datasetId), input.name);
        return {};
      }),
      deleteDataset: os.manage.deleteDataset.handler(({ input }) => {
        views.manage.deleteDataset(views.datasets.nameOf(input.datasetId));
        return {};
      }),
      noteRun: os.manage.noteRun.handler(({ input }) => {
        views.manage.noteRun(input.runId, input.note);
        return {};
      }),
      deleteRun: os.manage.deleteRun.handler(({ input }) => {
        views.manage.deleteRun(input.runId);
        return {};
      }),
      backup: os.manage.backup.handler(({ input }) => ({
        jobId: views.manage.backup(input.target, views.info().workspace.name),
      })),
      doctor: os.manage.doctor.handler(() => views.manage.doctor()),
      diagnostics: os.manage.diagnostics.handler(() => views.manage.diagnostics(views.info())),
      notices: os.manage.notices.handler(() => thirdPartyNotices()),
      tryPhantom: os.manage.tryPhantom.handler(({ input }) => ({
        jobId: views.manage.tryPhantom(input.minutes),
      })),
    },
    jobs: {
      list: os.jobs.list.handler(() => views.jobs.list()),
      cancel: os.jobs.cancel.handler(({ input }) => {
        views.jobs.cancel(input.jobId);
        return {};
      }),
      dismiss: os.jobs.dismiss.handler(({ input }) => {
        views.jobs.dismiss(input.jobId);
        return {};
      }),
      rejects: os.jobs.rejects.handler(({ input }) =>
        views.jobs.rejects(input.jobId, input.offset, input.limit),
      ),
    },
    datasets: {
      list: os.datasets.list.handler(() => views.datasets.list()),
      get: os.datasets.get.handler(({ input }) => views.datasets.get(input.datasetId)),
      slices: os.datasets.slices.handler(({ input }) => views.datasets.slices(input)),
      labels: os.datasets.labels.handler(({ input }) =>
        views.planning.labels(views.datasets.nameOf(input.datasetId)),
      ),
      check: os.datasets.check.handler(({ input: { datasetId, ...plan }, signal }) =>
        views.health.check(views.datasets.nameOf(datasetId), plan, signal),
      ),
      exclude: os.datasets.exclude.handler(({ input: { datasetId, ...chosen } }) =>
        views.health.change(views.datasets.nameOf(datasetId), chosen, 'exclude'),
      ),
      restore: os.datasets.restore.handler(({ input: { datasetId, ...chosen } }) =>
        views.health.change(views.datasets.nameOf(datasetId), chosen, 'restore'),
      ),
      changes: os.datasets.changes.handler(({ input }) =>
        views.health.changes(views.datasets.nameOf(input.datasetId)),
      ),
      undo: os.datasets.undo.handler(({ input }) =>
        views.health.undo(views.datasets.nameOf(input.datasetId), input.changeId),
      ),
    },
    runs: {
      list: os.runs.list.handler(() => views.runs.list()),
      get: os.runs.get.handler(({ input }) => views.runs.get(input.runId)),
      metrics: os.runs.metrics.handler(({ input }) => views.runs.metrics(input.runId, input)),
      choices: os.runs.choices.handler(() => views.trainings.choices()),
      devices: os.runs.devices.handler(() => views.planning.devices()),
      predict: os.runs.predict.handler(({ input, signal }) =>
        views.planning.predict(input, views.datasets.nameOf(input.datasetId), signal),
      ),
      start: os.runs.start.handler(async ({ input }) => {
        const dataset = views.datasets.nameOf(input.datasetId);
        return { runId: await views.trainings.start(input, dataset) };
      }),
      stop: os.runs.stop.handler(async ({ input }) => {
        await views.trainings.stop(input.runId);
        return {};
      }),
      pause: os.runs.pause.handler(({ input }) => {
        views.trainings.pause(input.runId);
        return {};
      }),
      branch: os.runs.branch.handler(async ({ input }) => ({
        runId: await views.trainings.branch(input.runId, input.images),
      })),
      resume: os.runs.resume.handler(async ({ input }) => {
        await views.trainings.resume(input.runId);
        return {};
      }),
      events: os.runs.events.handler(({ input, signal }) => views.changes.follow(input.runId, signal)),
    },
    studies: {
      list: os.studies.list.handler(() => views.studies.list()),
      advice: os.studies.advice.handler(({ input }) => views.studies.advice(input.aim, input.readers)),
      labels: os.studies.labels.handler(({ input }) => views.studies.labels(input.runId)),
      create: os.studies.create.handler(({ input }) => ({ jobId: views.studies.create(input) })),
      remove: os.studies.remove.handler(({ input }) => {
        views.studies.studies.remove(idOf(input.studyId));
        return {};
      }),
      reading: os.studies.reading.handler(({ input }) => views.studies.reading(input.studyId, input.reader)),
      answer: os.studies.answer.handler(({ input: { studyId, reader, ...answer } }) => {
        const { state, truth } = views.studies.studies.answer(idOf(studyId), reader, answer);
        return { reading: toReading(state), truth };
      }),
      results: os.studies.results.handler(({ input }) => views.studies.results(input.studyId)),
      take: os.studies.take.handler(async ({ input }) => {
        try {
          return await views.studies.take(views.uploads.folder(input.uploadId));
        } finally {
          await views.uploads.discard(input.uploadId);
        }
      }),
    },
    reviews: {
      list: os.reviews.list.handler(() => views.reviews.list()),
      create: os.reviews.create.handler(({ input }) => ({ jobId: views.reviews.create(input) })),
      remove: os.reviews.remove.handler(({ input }) => {
        views.reviews.sets.remove(idOf(input.setId));
        return {};
      }),
      get: os.reviews.get.handler(({ input }) => views.reviews.get(input.setId)),
      judge: os.reviews.judge.handler(({ input }) => {
        views.reviews.judge(input);
        return {};
      }),
    },
  });
}
