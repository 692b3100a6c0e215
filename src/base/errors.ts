/**
 * Every failure that Gantry explains has a stable code. Scripts match on the code; people read the message
 * and the action. No message may hold a patient's identity or, outside the caller's own answer, a file name.
 */
export const errorCodes = {
  USAGE: 'The command or call was used wrongly.',
  CANCELLED: 'The work was cancelled.',
  INTERNAL: 'Something failed that Gantry does not explain yet.',
  NOT_FOUND: 'The named dataset, run, series or file does not exist.',
  ALREADY_EXISTS: 'A thing of that name exists already.',
  WORKSPACE_BUSY: 'Another Gantry process is writing to this workspace.',
  WORKSPACE_GONE: 'The folder of the workspace that is open is not there any more.',
  WORKSPACE_INVALID: 'The folder is not a Gantry workspace, or is damaged.',
  WORKSPACE_TOO_NEW: 'The workspace was written by a newer Gantry.',
  DISK_FULL: 'The disk is full.',
  IO: 'A file could not be read or written.',
  UNREADABLE: 'A file or folder may not be read.',
  NO_INPUT: 'There is nothing to read.',
  NOT_AN_IMAGE: 'The file is of no kind that Gantry reads.',
  NO_PIXELS: 'The file has no pixel data.',
  TRUNCATED: 'The file ends before its content does.',
  TIMED_OUT: 'A file took too long to read.',
  CORRUPT: 'The file contradicts itself.',
  TOO_LARGE: 'The file claims a size that is not sensible.',
  UNSUPPORTED_SYNTAX: 'The transfer syntax cannot be decoded.',
  UNSUPPORTED_ARCHIVE: 'The archive cannot be read: encrypted, nested, or of another method.',
  UNSUPPORTED_PIXELS: 'This kind of pixels cannot be used for synthesis.',
  RUN_COMPLETE: 'The run has reached its end.',
  DATASET_TOO_SMALL: 'The dataset has too few usable slices.',
  DATASET_IN_USE: 'A run trains on the dataset, or other work reads or changes it.',
  DATASET_CHANGED: 'The dataset is not the one that the run was started with.',
  BAD_SIZE: 'The image size is not possible for this preset.',
  BAD_CONFIG: 'A setting has an impossible value.',
  BAD_LABEL: 'A label cannot be a condition of this run.',
  BAD_MODEL: 'The model file is damaged, of a newer version, or no model.',
  BAD_CHECKPOINT: 'The checkpoint is damaged or of another version.',
  OP_UNSUPPORTED: 'The step uses an operation that the engine has no kernel for.',
  DEVICE_UNAVAILABLE: 'The device that was asked for cannot be used.',
  DEVICE_LOST: 'The device failed during the work.',
  OUT_OF_MEMORY: 'There was not enough memory.',
  NOT_FINITE: 'A value was not finite.',
  UNSTABLE: 'The training became unstable and could not be brought back.',
  TRAINER_DIED: 'The trainer process ended unexpectedly.',
} as const;

export type ErrorCode = keyof typeof errorCodes;

export interface GantryErrorOptions {
  /** What the user can do about it. */
  action?: string;
  cause?: unknown;
}

export class GantryError extends Error {
  readonly code: ErrorCode;
  readonly action: string | undefined;

  constructor(code: ErrorCode, message: string, options: GantryErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'GantryError';
    this.code = code;
    this.action = options.action;
  }
}

const systemCodes: Record<string, ErrorCode> = {
  ENOSPC: 'DISK_FULL',
  EDQUOT: 'DISK_FULL',
  EACCES: 'UNREADABLE',
  EPERM: 'UNREADABLE',
  ENOENT: 'NOT_FOUND',
};

/** For work that looks between its steps whether it is still wanted. @throws CANCELLED */
export function throwIfCancelled(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new GantryError('CANCELLED', 'Cancelled.');
}

/** Gives any thrown value a code; a GantryError passes unchanged, system errors map by their errno name. */
export function toGantryError(error: unknown): GantryError {
  if (error instanceof GantryError) return error;
  if (!(error instanceof Error)) return new GantryError('INTERNAL', String(error));
  const system = (error as NodeJS.ErrnoException).code;
  if (error.name === 'AbortError') return new GantryError('CANCELLED', 'Cancelled.', { cause: error });
  // node:sqlite reports a full disk as an ERR_SQLITE_ERROR whose errcode is SQLITE_FULL (13).
  if ((error as { errcode?: number }).errcode === 13) {
    return new GantryError('DISK_FULL', 'The disk that holds the workspace is full.', {
      action: 'Free some space and run the command again; nothing that was finished is lost.',
      cause: error,
    });
  }
  const code = system === undefined ? undefined : systemCodes[system];
  if (code !== undefined) return new GantryError(code, errorCodes[code], { cause: error });
  if (system?.startsWith('E') && /^E[A-Z0-9]+$/.test(system)) {
    return new GantryError('IO', `${errorCodes.IO} (${system})`, { cause: error });
  }
  return new GantryError('INTERNAL', error.message, { cause: error });
}
