import { type ChildProcess, spawn } from 'node:child_process';
import { resolve } from 'node:path';

const main = resolve(import.meta.dirname, '../../bin/gantry.js');

export type Line = { readonly type: string } & Readonly<Record<string, unknown>>;

export interface Finished {
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly lines: readonly Line[];
  readonly stdout: string;
  readonly stderr: string;
}

export interface Running {
  readonly child: ChildProcess;
  readonly lines: readonly Line[];
  readonly finished: Promise<Finished>;
  /** Resolves with the first line that satisfies the test. */
  until(test: (line: Line) => boolean): Promise<Line>;
}

/** Starts the command line as a user's shell would: a process of its own, JSON on stdout. */
export function start(
  args: readonly string[],
  options: { json?: boolean; env?: NodeJS.ProcessEnv } = {},
): Running {
  const json = options.json ?? true;
  const child = spawn(process.execPath, [main, ...args, ...(json ? ['--json'] : [])], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...options.env },
  });
  // A test that fails must not leave a training behind that holds the workspace and the processor.
  const end = () => child.kill('SIGKILL');
  process.once('exit', end);
  child.once('close', () => process.off('exit', end));
  const lines: Line[] = [];
  const waiting = new Set<() => void>();
  let stdout = '';
  let stderr = '';
  let rest = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    stdout += chunk;
    if (!json) return;
    const parts = (rest + chunk).split('\n');
    rest = parts.pop() ?? '';
    for (const part of parts) lines.push(JSON.parse(part) as Line);
    for (const check of waiting) check();
  });
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    stderr += chunk;
  });
  const finished = new Promise<Finished>((done) => {
    child.once('close', (status, signal) => {
      for (const check of waiting) check();
      done({ status, signal, lines, stdout, stderr });
    });
  });
  return {
    child,
    lines,
    finished,
    until: (test) =>
      new Promise((found, failed) => {
        const check = () => {
          const line = lines.find(test);
          if (line !== undefined) found(line);
          else if (child.exitCode !== null || child.signalCode !== null) {
            failed(new Error(`The command ended without that line. ${stderr}`));
          } else return;
          waiting.delete(check);
        };
        waiting.add(check);
        check();
      }),
  };
}

/** Runs a command to its end. */
export function gantry(...args: string[]): Promise<Finished> {
  return start(args).finished;
}

export function last(result: Finished): Line {
  const line = result.lines.at(-1);
  if (line === undefined) throw new Error(`No output. ${result.stderr}`);
  return line;
}
