import type { GantryError } from '../base/errors.ts';

/** Where a command's results go: JSON lines for programs, or text and a progress bar for people. */
export interface Output {
  readonly json: boolean;
  item(value: Record<string, unknown>, text?: string): void;
  progress(value: Record<string, unknown>, text?: string): void;
  warning(value: { code: string; message: string } & Record<string, unknown>): void;
  done(value: Record<string, unknown>, text?: string): void;
  error(error: GantryError, extra?: Record<string, unknown>, text?: string): void;
}

interface Stream {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
}

export function jsonOutput(stdout: Stream): Output {
  const line = (type: string, value: Record<string, unknown>) =>
    stdout.write(`${JSON.stringify({ type, ...value })}\n`);
  return {
    json: true,
    item: (value) => line('item', value),
    progress: (value) => line('progress', value),
    warning: (value) => line('warning', value),
    done: (value) => line('done', value),
    error: (error, extra) =>
      line('error', {
        code: error.code,
        message: error.message,
        ...(error.action === undefined ? {} : { action: error.action }),
        ...extra,
      }),
  };
}

/** Seconds as "1 h 05 min", "3 min 20 s" or "12 s". */
export function duration(seconds: number): string {
  if (!Number.isFinite(seconds)) return 'unknown';
  const s = Math.max(0, Math.round(seconds));
  if (s >= 3600)
    return `${Math.floor(s / 3600)} h ${String(Math.floor((s % 3600) / 60)).padStart(2, '0')} min`;
  if (s >= 60) return `${Math.floor(s / 60)} min ${String(s % 60).padStart(2, '0')} s`;
  return `${s} s`;
}

/** "1 slice", "2 slices". */
export function counted(n: number, one: string, many = `${one}s`): string {
  return `${n} ${n === 1 ? one : many}`;
}

/** A bar of `width` characters; empty when the total is unknown. */
export function bar(fraction: number | undefined, width = 24): string {
  if (fraction === undefined || !Number.isFinite(fraction)) return '';
  const filled = Math.round(Math.min(1, Math.max(0, fraction)) * width);
  return `[${'#'.repeat(filled)}${'.'.repeat(width - filled)}]`;
}

/**
 * Text for people: results on stdout; progress, warnings and errors on stderr. The progress line is redrawn on
 * a terminal and printed every ten seconds elsewhere.
 */
export function textOutput(stdout: Stream, stderr: Stream, now: () => number = Date.now): Output {
  let drawn = false;
  let last = Number.NEGATIVE_INFINITY;
  const clear = () => {
    if (drawn) stderr.write('\r\x1b[2K');
    drawn = false;
  };
  return {
    json: false,
    item(_value, text) {
      clear();
      if (text !== undefined) stdout.write(`${text}\n`);
    },
    progress(_value, text) {
      if (text === undefined) return;
      const elapsed = now() - last;
      if (stderr.isTTY ? elapsed < 100 : elapsed < 10_000) return;
      last = now();
      if (stderr.isTTY) {
        stderr.write(`\r\x1b[2K${text.slice(0, (stderr.columns ?? 100) - 1)}`);
        drawn = true;
      } else stderr.write(`${text}\n`);
    },
    warning(value) {
      clear();
      stderr.write(`warning: ${value.message}\n`);
    },
    done(_value, text) {
      clear();
      if (text !== undefined) stdout.write(`${text}\n`);
    },
    error(error, _extra, text) {
      clear();
      stderr.write(`gantry: ${error.message} [${error.code}]\n`);
      if (error.action !== undefined) stderr.write(`  ${error.action}\n`);
      if (text !== undefined) stderr.write(`${text}\n`);
    },
  };
}
