import { Worker } from 'node:worker_threads';
import { z } from 'zod';
import { type ErrorCode, errorCodes, GantryError } from '../../base/errors.ts';
import { entryUrl } from '../../base/runtime.ts';
import { askToEnd } from '../../base/threads.ts';
import { latentRequestSchema } from '../latent/request.ts';

const labelRequest = z.union([z.literal('balanced'), z.record(z.string(), z.string())]);

/** Work of an open workspace that would hold up every call of the screens, done in a thread of its own. */
export const taskSchema = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('generate'),
    run: z.string(),
    count: z.number().int().positive(),
    seed: z.number().int(),
    format: z.enum(['dicom', 'png', 'nifti']),
    outDir: z.string(),
    intensityFrom: z.string().optional(),
    checkpoint: z.string(),
    truncation: z.number(),
    labels: labelRequest.optional(),
    keepNearCopies: z.boolean(),
  }),
  z.object({
    type: z.literal('package'),
    run: z.string(),
    count: z.number().int().positive(),
    seed: z.number().int(),
    format: z.enum(['dicom', 'png', 'nifti']),
    out: z.string(),
    labels: labelRequest.optional(),
    withReal: z.boolean(),
    keepNearCopies: z.boolean(),
  }),
  z.object({
    type: z.literal('evaluate'),
    run: z.string(),
    count: z.number().int().positive(),
    seed: z.number().int(),
    outDir: z.string(),
  }),
  z.object({ type: z.literal('model'), run: z.string(), outDir: z.string() }),
  z.object({ type: z.literal('model-import'), file: z.string(), outDir: z.string() }),
  z.object({
    type: z.literal('phantom'),
    outDir: z.string(),
    subjects: z.number().int().positive(),
    slicesPerSubject: z.number().int().positive(),
    seed: z.number().int(),
  }),
  z.object({
    type: z.literal('latent'),
    options: z.object({ run: z.string(), request: latentRequestSchema }),
    /** null: for the screens alone. */
    export: z
      .object({ format: z.enum(['dicom', 'png', 'nifti']), outDir: z.string(), keepNearCopies: z.boolean() })
      .nullable(),
  }),
  z.object({
    type: z.literal('comparison'),
    run: z.string(),
    count: z.number().int().positive(),
    seed: z.number().int(),
  }),
]);
export type Task = z.infer<typeof taskSchema>;

export const taskStartSchema = z.object({ workspace: z.string(), task: taskSchema });

const answerSchema = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('progress'),
    done: z.number(),
    total: z.number().nullable(),
    phase: z.string().nullable(),
  }),
  z.object({
    type: z.literal('done'),
    figures: z.record(z.string(), z.union([z.string(), z.number(), z.null()])),
    bytes: z.instanceof(Uint8Array).optional(),
  }),
  z.object({
    type: z.literal('failed'),
    code: z.string(),
    message: z.string(),
    action: z.string().optional(),
  }),
]);
export type TaskAnswer = z.infer<typeof answerSchema>;
export type TaskResult = Pick<Extract<TaskAnswer, { type: 'done' }>, 'figures' | 'bytes'>;

export interface TaskOptions {
  readonly signal?: AbortSignal | undefined;
  onProgress?(done: number, total: number | null, phase: string | null): void;
}

/** Runs a task. @throws what the task throws, with its code; CANCELLED */
export function runTask(workspace: string, task: Task, options: TaskOptions = {}): Promise<TaskResult> {
  const { signal } = options;
  if (signal?.aborted) return Promise.reject(new GantryError('CANCELLED', 'Cancelled.'));
  const worker = new Worker(entryUrl('./taskWorker.ts', import.meta.url), {
    workerData: { workspace, task },
  });
  const stop = () => askToEnd(worker);
  signal?.addEventListener('abort', stop, { once: true });
  return new Promise<TaskResult>((resolve, reject) => {
    worker.on('message', (message) => {
      const answer = answerSchema.parse(message);
      if (answer.type === 'progress') options.onProgress?.(answer.done, answer.total, answer.phase);
      else if (answer.type === 'done') resolve(answer);
      else {
        const { code, message: text, action } = answer;
        reject(new GantryError(isErrorCode(code) ? code : 'INTERNAL', text, action ? { action } : {}));
      }
    });
    worker.once('error', reject);
    worker.once('exit', () => reject(new GantryError('CANCELLED', 'The work was not finished.')));
  }).finally(() => {
    signal?.removeEventListener('abort', stop);
    void worker.terminate();
  });
}

function isErrorCode(code: string): code is ErrorCode {
  return Object.hasOwn(errorCodes, code);
}
