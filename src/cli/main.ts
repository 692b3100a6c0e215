import { GantryError, toGantryError } from '../base/errors.ts';
import { appVersion } from '../base/runtime.ts';
import { commandHelp, overview } from './help.ts';
import { jsonOutput, type Output, textOutput } from './output.ts';
import { parseCommand } from './parse.ts';
import { type CommandName, type CommandSpec, commands } from './table.ts';

function exitStatus(error: GantryError): number {
  if (error.code === 'USAGE') return 2;
  return error.code === 'CANCELLED' ? 130 : 1;
}

/** A signal sent to a whole group of processes, or passed on by a wrapper, reaches us twice and means one. */
const SAME_SIGNAL_MS = 1000;

/** Aborts on the first signal; a second one ends the process at once. */
function cancelOnSignals(out: Output): AbortSignal {
  const controller = new AbortController();
  let firstAt = 0;
  const onSignal = () => {
    if (controller.signal.aborted) {
      if (performance.now() - firstAt < SAME_SIGNAL_MS) return;
      out.error(new GantryError('CANCELLED', 'Ended at once; what was not saved is lost.'));
      process.stdout.write('', () => process.exit(130));
      return;
    }
    firstAt = performance.now();
    controller.abort(new GantryError('CANCELLED', 'Cancelled.'));
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  return controller.signal;
}

/** node:sqlite still announces itself as experimental; nothing else is silenced. */
function quietSqliteWarning(): void {
  const emit = process.emitWarning.bind(process) as (...args: unknown[]) => void;
  process.emitWarning = ((warning: string | Error, ...rest: unknown[]) => {
    if (!String(warning).includes('SQLite')) emit(warning, ...rest);
  }) as typeof process.emitWarning;
}

/** Runs one command line; resolves to the exit status. */
async function main(argv: readonly string[]): Promise<number> {
  const [name, ...rest] = argv;
  if (name === '--version') {
    process.stdout.write(`${appVersion}\n`);
    return 0;
  }
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
    process.stdout.write(`${overview()}\n`);
    return name === undefined ? 2 : 0;
  }
  const out = rest.includes('--json')
    ? jsonOutput(process.stdout)
    : textOutput(process.stdout, process.stderr);
  try {
    const spec: CommandSpec | undefined = commands.find((c) => c.name === name);
    if (spec === undefined) {
      throw new GantryError('USAGE', `There is no command "${name}".`, { action: 'See `gantry --help`.' });
    }
    const parsed = parseCommand(spec, rest);
    if (parsed.values.help === true) {
      process.stdout.write(`${commandHelp(spec)}\n`);
      return 0;
    }
    quietSqliteWarning();
    const { runCommand } = await import('./commands.ts');
    await runCommand(name as CommandName, parsed, { out, signal: cancelOnSignals(out) });
    return 0;
  } catch (thrown) {
    const error = toGantryError(thrown);
    out.error(error, errorDetail(thrown), errorText(thrown));
    if (error.code === 'INTERNAL' && thrown instanceof Error && process.env.GANTRY_DEBUG) {
      process.stderr.write(`${thrown.stack}\n`);
    }
    return exitStatus(error);
  }
}

/** Figures that a use case attached to its error (a cancelled run's checkpoint, an import's rejections). */
function errorDetail(thrown: unknown): Record<string, unknown> {
  const detail = (thrown as { detail?: unknown } | null)?.detail;
  return typeof detail === 'object' && detail !== null ? { ...detail } : {};
}

/** What a use case's command wants people to read below its error. */
function errorText(thrown: unknown): string | undefined {
  const text = (thrown as { detailText?: unknown } | null)?.detailText;
  return typeof text === 'string' && text !== '' ? text : undefined;
}

// A reader that closes the pipe early (`gantry … | head`) is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});

const status = await main(process.argv.slice(2));
process.exitCode = status;
// Native libraries may hold the event loop; once stdout has drained there is nothing left to wait for.
process.stdout.write('', () => process.stderr.write('', () => process.exit(status)));
