import { fileURLToPath } from 'node:url';
import type { UtilityProcess } from 'electron';
import { GantryError } from '../src/base/errors.ts';
import { entryUrl } from '../src/base/runtime.ts';
import { type TrainerProcess, trainerReportSchema } from '../src/studio/app/reports.ts';

const keptStderr = 8_000;

/** How long a trainer that is to end may take to do so. */
const killAfterMs = 5_000;

/** The trainer's entry, unpacked or inside the archive; a utility process reads both. */
export const trainerEntry = fileURLToPath(entryUrl('../src/trainer/main.ts', import.meta.url));

/**
 * A trainer in a utility process: Electron's own Node, because the fuses forbid running the app's binary as
 * one.
 */
export function trainerOver(child: UtilityProcess): TrainerProcess {
  let stderr = '';
  child.stderr?.on('data', (text) => {
    stderr = (stderr + String(text)).slice(-keptStderr);
  });
  return {
    send: (order) => child.postMessage(order),
    onReport(listener, onBroken) {
      child.on('message', (message) => {
        const report = trainerReportSchema.safeParse(message);
        if (report.success) listener(report.data);
        else
          onBroken(
            new GantryError('INTERNAL', 'The trainer process sent a message that is not in the table.'),
          );
      });
    },
    exited: new Promise((resolve) => {
      child.once('exit', (code) => resolve({ code, signal: null, stderr }));
    }),
    kill: () => {
      child.kill();
      // That asks (SIGTERM); a trainer that hangs in native code does not answer.
      const { pid } = child;
      if (pid === undefined) return;
      const hard = setTimeout(() => process.kill(pid, 'SIGKILL'), killAfterMs);
      child.once('exit', () => clearTimeout(hard));
    },
  };
}
