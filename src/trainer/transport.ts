import type { TrainerReport } from './messages.ts';

/** How the trainer process talks to whoever started it. */
export interface Transport {
  onMessage(listener: (message: unknown) => void): void;
  /** The other side is gone. */
  onLost(listener: () => void): void;
  /** Resolves when the report has left this process (or cannot any more). */
  send(report: TrainerReport): Promise<void>;
  /** Ends the process once everything was sent. */
  end(status: number): void;
}

/** What Electron's `process.parentPort` of a utility process has, as far as it is used here. */
interface ParentPort {
  on(event: 'message', listener: (event: { data: unknown }) => void): void;
  postMessage(message: unknown): void;
}

function parentPort(): ParentPort | undefined {
  return (process as NodeJS.Process & { parentPort?: ParentPort }).parentPort;
}

/** Electron's parent port where there is one, else the IPC channel of a forked Node process. */
export function nodeTransport(): Transport {
  const port = parentPort();
  let last: Promise<void> = Promise.resolve();
  return {
    onMessage(listener) {
      if (port) port.on('message', ({ data }) => listener(data));
      else process.on('message', listener);
    },
    onLost(listener) {
      process.on('disconnect', listener);
    },
    send(report) {
      last = new Promise((resolve) => {
        if (port) {
          port.postMessage(report);
          resolve();
        } else if (process.send && process.connected)
          process.send(report, undefined, undefined, () => resolve());
        else resolve();
      });
      return last;
    },
    end(status) {
      process.exitCode = status;
      void last.then(() => {
        if (process.connected) process.disconnect();
        // Sessions of the engine hold threads; nothing is left to wait for.
        setImmediate(() => process.exit(status));
      });
    },
  };
}
