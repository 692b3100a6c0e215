import { appCommands } from './table/app.ts';
import { dataCommands } from './table/data.ts';
import { latentCommands } from './table/latent.ts';
import { modelCommands } from './table/models.ts';
import type { OptionSpec } from './table/spec.ts';
import { trainingCommands } from './table/training.ts';

export type { CommandSpec, OptionSpec } from './table/spec.ts';

export const commonOptions = {
  json: { kind: 'flag', help: 'Print one JSON object a line on stdout and nothing else.' },
  help: { kind: 'flag', help: 'Show this help.' },
} as const satisfies Record<string, OptionSpec>;

/**
 * The command line as one table. `--help`, argument parsing and docs/cli.md are all made from it, so none of
 * them can say what the others do not.
 */
export const commands = [
  ...dataCommands,
  ...trainingCommands,
  ...modelCommands,
  ...latentCommands,
  ...appCommands,
] as const;

export type CommandName = (typeof commands)[number]['name'];

export const exitStatuses = [
  [0, 'done'],
  [1, 'failed; the message has a stable code'],
  [
    2,
    'wrong usage (USAGE); a size or value that is well written but impossible ends with 1 (BAD_SIZE, BAD_CONFIG)',
  ],
  [130, 'cancelled (Ctrl-C or SIGTERM), with a checkpoint where there is something to keep'],
] as const;
