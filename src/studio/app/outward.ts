import { type ErrorCode, errorCodes, toGantryError } from '../../base/errors.ts';

export interface OutwardFailure {
  readonly code: ErrorCode;
  readonly message: string;
  readonly action?: string;
}

/** What a failure may say outside this process: an unexplained one could name files, so it says nothing. */
export function outward(error: unknown): OutwardFailure {
  const { code, message, action } = toGantryError(error);
  if (code === 'INTERNAL') {
    if (process.env.GANTRY_DEBUG && error instanceof Error) process.stderr.write(`${error.stack}\n`);
    return { code, message: errorCodes.INTERNAL };
  }
  return action === undefined ? { code, message } : { code, message, action };
}
