import { fork } from 'node:child_process';
import { GantryError } from '../../base/errors.ts';
import { entryUrl, trainingEnvironment } from '../../base/runtime.ts';
import { type TrainerOrder, type TrainerReport, trainerReportSchema } from '../../trainer/messages.ts';

/** A trainer process as the Studio sees it; Electron gives one over `utilityProcess`, everything else a fork. */
export interface TrainerProcess {
  send(order: TrainerOrder): void;
  /** `onBroken` is told of a message that the table does not know. */
  onReport(listener: (report: TrainerReport) => void, onBroken: (error: GantryError) => void): void;
  /** Resolves once when the process is gone; `code` is null when a signal ended it. */
  readonly exited: Promise<{ code: number | null; signal: string | null; stderr: string }>;
  kill(): void;
}

export type StartTrainer = () => TrainerProcess;

const keptStderr = 8_000;

/** Starts `src/trainer/main.ts` as a child process of this Node. */
export const forkTrainer: StartTrainer = () => {
  const child = fork(entryUrl('../../trainer/main.ts', import.meta.url), [], {
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    // Typed arrays and large numbers stay what they are.
    serialization: 'advanced',
    // A Ctrl-C on the terminal goes to the whole group; the Studio alone decides when the trainer stops.
    detached: process.platform !== 'win32',
    execArgv: [],
    env: trainingEnvironment(),
  });
  let stderr = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr = (stderr + text).slice(-keptStderr);
  });
  // A child that died between two messages is reported by its exit, not by the failed send.
  child.on('error', () => {});
  return {
    send(order) {
      if (child.connected) child.send(order, () => {});
    },
    onReport(listener, onBroken) {
      child.on('message', (message) => {
        const parsed = trainerReportSchema.safeParse(message);
        if (parsed.success) listener(parsed.data);
        else {
          onBroken(
            new GantryError('INTERNAL', 'The trainer process sent a message that is not in the table.', {
              cause: parsed.error,
            }),
          );
        }
      });
    },
    exited: new Promise((resolve) => {
      child.once('close', (code, signal) => resolve({ code, signal, stderr }));
    }),
    kill() {
      child.kill('SIGKILL');
    },
  };
};
