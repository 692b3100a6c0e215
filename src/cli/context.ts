import type { Output } from './output.ts';

/** What a command gets beside its arguments. */
export interface CommandContext {
  readonly out: Output;
  /** Aborts on Ctrl-C and SIGTERM. */
  readonly signal: AbortSignal;
}
