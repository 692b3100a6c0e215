import { z } from 'zod';
import { GantryError } from '../base/errors.ts';

/** Where a training run stands. */
export const runStateSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('queued') }),
  z.object({ kind: z.literal('running'), since: z.string() }),
  /** Stopped for a while by the user; the trainer may still be alive. */
  z.object({ kind: z.literal('paused'), since: z.string() }),
  /** Ended early on purpose, with a checkpoint. */
  z.object({ kind: z.literal('stopped') }),
  z.object({ kind: z.literal('completed') }),
  z.object({ kind: z.literal('failed'), code: z.string(), message: z.string() }),
  /** Its process died; the last checkpoint is whole. */
  z.object({ kind: z.literal('interrupted') }),
]);
export type RunState = z.infer<typeof runStateSchema>;

export type RunEvent =
  | { readonly type: 'start' }
  | { readonly type: 'pause' }
  | { readonly type: 'stop' }
  | { readonly type: 'complete' }
  | { readonly type: 'fail'; readonly code: string; readonly message: string }
  | { readonly type: 'interrupt' };

/** True of a run that trains or is about to, or was when its process died. */
export function isUnderWay({ kind }: RunState): boolean {
  return kind === 'queued' || kind === 'running' || kind === 'paused';
}

/** Which events each state answers. `completed` answers `start` too: a run may be given more images. */
const answers: Record<RunState['kind'], readonly RunEvent['type'][]> = {
  queued: ['start', 'stop', 'fail', 'interrupt'],
  running: ['pause', 'stop', 'complete', 'fail', 'interrupt'],
  paused: ['start', 'stop', 'fail', 'interrupt'],
  stopped: ['start'],
  completed: ['start'],
  failed: ['start'],
  interrupted: ['start'],
};

/**
 * The next state of a run; a pure function.
 * @param at ISO 8601 time of the event
 * @throws USAGE when the state does not answer the event
 */
export function transition(state: RunState, event: RunEvent, at: string): RunState {
  if (!answers[state.kind].includes(event.type)) {
    throw new GantryError('USAGE', `A run that is ${state.kind} cannot ${event.type}.`);
  }
  switch (event.type) {
    case 'start':
      return { kind: 'running', since: at };
    case 'pause':
      return { kind: 'paused', since: at };
    case 'stop':
      return { kind: 'stopped' };
    case 'complete':
      return { kind: 'completed' };
    case 'fail':
      return { kind: 'failed', code: event.code, message: event.message };
    case 'interrupt':
      return { kind: 'interrupted' };
  }
}
