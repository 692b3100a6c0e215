import { eventIterator, oc } from '@orpc/contract';
import { z } from 'zod';
import { appInfoSchema, idSchema, studioErrorSchema } from './app.ts';
import { datasetDetailSchema, datasetSummarySchema, labelChoiceSchema, slicePageSchema } from './datasets.ts';
import {
  cardTextsSchema,
  evaluationDetailSchema,
  evaluationRequestSchema,
  evaluationSummarySchema,
} from './evaluations.ts';
import { exploreCalls } from './explore.ts';
import { healthCalls } from './health.ts';
import {
  folderListingSchema,
  importRequestSchema,
  importWaysSchema,
  pickedSchema,
  placePathSchema,
} from './imports.ts';
import { jobSchema, rejectPageSchema } from './jobs.ts';
import { manageCalls } from './manage.ts';
import { mergeCalls } from './merges.ts';
import { modelCalls } from './models.ts';
import { generateChoicesSchema, generateRequestSchema } from './outputs.ts';
import { predictionSchema } from './predictions.ts';
import {
  changeSchema,
  deviceChoicesSchema,
  presetChoiceSchema,
  runDetailSchema,
  runMetricsSchema,
  runSummarySchema,
  trainingRequestSchema,
} from './runs.ts';
import { reviewCalls, studyCalls } from './study.ts';

/**
 * Every call and event stream of the app, in one table. Inputs and outputs are parsed at run time on the
 * Studio's side of the border, whichever transport carries them (message port or WebSocket).
 *
 * A failure that Gantry explains arrives as the defined error STUDIO with its stable code and advice.
 */
const call = oc.errors({ STUDIO: { message: 'The studio refused the call.', data: studioErrorSchema } });

export const contract = {
  app: {
    info: call.output(appInfoSchema),
  },
  imports: {
    /** Where files may come from in this shell. */
    ways: call.output(importWaysSchema),
    /** Looks into a folder that the host allowed. */
    browse: call
      .input(z.strictObject({ placeId: idSchema, path: placePathSchema }))
      .output(folderListingSchema),
    /** Shows the shell's own dialog; null when the user chose nothing. */
    pick: call.input(z.strictObject({ kind: z.enum(['folder', 'files']) })).output(pickedSchema.nullable()),
    /** Opens an upload; its files are sent with PUT to the address of media.ts. */
    beginUpload: call.output(z.object({ uploadId: idSchema })),
    discardUpload: call.input(z.strictObject({ uploadId: idSchema })).output(z.object({})),
    start: call.input(importRequestSchema).output(z.object({ jobId: idSchema })),
  },
  outputs: {
    choices: call.input(z.strictObject({ runId: idSchema })).output(generateChoicesSchema),
    /** Shows the shell's dialog for a folder; null when the user chose none. */
    pick: call.output(pickedSchema.nullable()),
    /** Generates slices as a job. */
    start: call.input(generateRequestSchema).output(z.object({ jobId: idSchema })),
    /** Shows the folder of a job in the system's file manager, where the shell can. */
    reveal: call.input(z.strictObject({ jobId: idSchema })).output(z.object({})),
  },
  /** Sequences in a run's latent space: explore.ts. */
  explorations: exploreCalls,
  evaluations: {
    /** Judges slices of a run's newest checkpoint as a job; its outcome names the evaluation. */
    start: call.input(evaluationRequestSchema).output(z.object({ jobId: idSchema })),
    /** Newest first. */
    list: call.input(z.strictObject({ runId: idSchema })).output(z.array(evaluationSummarySchema)),
    get: call
      .input(z.strictObject({ runId: idSchema, evaluationId: idSchema }))
      .output(evaluationDetailSchema),
    /** What the makers of a run say of it. */
    cardTexts: call.input(z.strictObject({ runId: idSchema })).output(cardTextsSchema),
    setCardTexts: call
      .input(z.strictObject({ runId: idSchema, texts: cardTextsSchema }))
      .output(cardTextsSchema),
  },
  jobs: {
    /** Newest first; changes come with `runs.events`. */
    list: call.output(z.array(jobSchema)),
    cancel: call.input(z.strictObject({ jobId: idSchema })).output(z.object({})),
    /** Takes an ended job off the list. */
    dismiss: call.input(z.strictObject({ jobId: idSchema })).output(z.object({})),
    rejects: call
      .input(
        z.strictObject({
          jobId: idSchema,
          offset: z.number().int().nonnegative().default(0),
          limit: z.number().int().positive().max(1000).default(200),
        }),
      )
      .output(rejectPageSchema),
  },
  datasets: {
    list: call.output(z.array(datasetSummarySchema)),
    get: call.input(z.strictObject({ datasetId: idSchema })).output(datasetDetailSchema),
    /** Slices in the order of subject, series and geometry; a page of at most 1,000. */
    slices: call
      .input(
        z.strictObject({
          datasetId: idSchema,
          seriesId: idSchema.optional(),
          which: z.enum(['used', 'empty', 'excluded', 'all']).default('used'),
          offset: z.number().int().nonnegative().default(0),
          limit: z.number().int().positive().max(1000).default(200),
        }),
      )
      .output(slicePageSchema),
    /** Labels of the training slices, with their counts. */
    labels: call.input(z.strictObject({ datasetId: idSchema })).output(z.array(labelChoiceSchema)),
    ...healthCalls,
  },
  runs: {
    list: call.output(z.array(runSummarySchema)),
    get: call.input(z.strictObject({ runId: idSchema })).output(runDetailSchema),
    metrics: call
      .input(
        z.strictObject({
          runId: idSchema,
          /** Range in steps, inclusive; open where left out. */
          fromStep: z.number().int().nonnegative().optional(),
          toStep: z.number().int().nonnegative().optional(),
          /** Most points that the answer may have. */
          points: z.number().int().min(10).max(20_000).default(2000),
        }),
      )
      .output(runMetricsSchema),
    /** Presets and what they allow. */
    choices: call.output(z.array(presetChoiceSchema)),
    /** Devices of this build, and what `auto` takes. */
    devices: call.output(deviceChoicesSchema),
    /** Time, memory and disk that a run would take; refuses what `start` would refuse. */
    predict: call.input(trainingRequestSchema).output(predictionSchema),
    /** Begins a run; it goes on when the page is closed. */
    start: call.input(trainingRequestSchema).output(z.object({ runId: idSchema })),
    /** Ends a run early, with a checkpoint; answers when it has ended. */
    stop: call.input(z.strictObject({ runId: idSchema })).output(z.object({})),
    /** Holds a run of this app between two steps. */
    pause: call.input(z.strictObject({ runId: idSchema })).output(z.object({})),
    /** A new run that goes on from this one's newest checkpoint, to another length. */
    branch: call
      .input(z.strictObject({ runId: idSchema, images: z.number().int().min(1).max(1e9) }))
      .output(z.object({ runId: idSchema })),
    /** Goes on: a held run at once, another from its newest checkpoint. */
    resume: call.input(z.strictObject({ runId: idSchema })).output(z.object({})),
    /** Stays open and tells of every change; with a run, of its new metrics too. */
    events: call.input(z.strictObject({ runId: idSchema.optional() })).output(eventIterator(changeSchema)),
  },
  /** Several datasets as one: merges.ts. */
  merges: mergeCalls,
  /** Model files: models.ts. */
  models: modelCalls,
  /** Names, disk, backup, diagnostics: manage.ts. */
  manage: manageCalls,
  /** Blinded reader studies: study.ts. */
  studies: studyCalls,
  /** Review sets and verdicts: study.ts. */
  reviews: reviewCalls,
};
export type Contract = typeof contract;
