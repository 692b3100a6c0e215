import { Worker } from 'node:worker_threads';
import { type ErrorCode, errorCodes, GantryError } from '../../base/errors.ts';
import { entryUrl } from '../../base/runtime.ts';
import { askToEnd } from '../../base/threads.ts';
import type { BuiltReview, ReviewRequest } from '../review/build.ts';
import type { BuiltStudy, StudyRequest } from './create.ts';

/** What the thread is asked, and what it answers; both ends are of one build of Gantry. */
export type BuildTask =
  | { readonly type: 'study'; readonly request: StudyRequest }
  | { readonly type: 'review'; readonly request: ReviewRequest };

export type BuildAnswer =
  | { readonly type: 'progress'; readonly done: number; readonly total: number }
  | { readonly type: 'study'; readonly built: BuiltStudy }
  | { readonly type: 'review'; readonly built: BuiltReview }
  | { readonly type: 'failed'; readonly code: string; readonly message: string; readonly action?: string };

export interface BuildOptions {
  readonly signal?: AbortSignal | undefined;
  onProgress?(done: number, total: number): void;
}

/** Generates and compares in a thread of its own: a session's run would hold up every call of the screens. */
function build(workspace: string, task: BuildTask, options: BuildOptions): Promise<BuildAnswer> {
  const worker = new Worker(entryUrl('./worker.ts', import.meta.url), { workerData: { workspace, task } });
  const stop = () => askToEnd(worker);
  options.signal?.addEventListener('abort', stop, { once: true });
  return new Promise<BuildAnswer>((resolve, reject) => {
    if (options.signal?.aborted) stop();
    worker.on('message', (answer: BuildAnswer) => {
      if (answer.type === 'progress') options.onProgress?.(answer.done, answer.total);
      else if (answer.type === 'failed') reject(failure(answer));
      else resolve(answer);
    });
    worker.once('error', reject);
    worker.once('exit', () => reject(new GantryError('CANCELLED', 'The work was not finished.')));
  }).finally(() => {
    options.signal?.removeEventListener('abort', stop);
    void worker.terminate();
  });
}

function failure({ code, message, action }: Extract<BuildAnswer, { type: 'failed' }>): GantryError {
  const known = Object.hasOwn(errorCodes, code) ? (code as ErrorCode) : 'INTERNAL';
  return new GantryError(known, message, action === undefined ? {} : { action });
}

/** @throws what `buildStudy` throws, CANCELLED */
export async function buildStudyAside(
  workspace: string,
  request: StudyRequest,
  options: BuildOptions = {},
): Promise<BuiltStudy> {
  const answer = await build(workspace, { type: 'study', request }, options);
  if (answer.type !== 'study') throw new GantryError('INTERNAL', 'The thread answered something else.');
  return answer.built;
}

/** @throws what `buildReview` throws, CANCELLED */
export async function buildReviewAside(
  workspace: string,
  request: ReviewRequest,
  options: BuildOptions = {},
): Promise<BuiltReview> {
  const answer = await build(workspace, { type: 'review', request }, options);
  if (answer.type !== 'review') throw new GantryError('INTERNAL', 'The thread answered something else.');
  return answer.built;
}
