import { isDefinedError } from '@orpc/client';

/** What a screen knows of something that it asked the studio for. Every case has its own look. */
export type Resource<T> =
  | { readonly status: 'loading' }
  | { readonly status: 'ready'; readonly value: T }
  | { readonly status: 'failed'; readonly failure: Failure };

export interface Failure {
  /** Stable code of a failure that Gantry explains; otherwise undefined. */
  readonly code: string | undefined;
  readonly message: string;
  readonly action: string | undefined;
}

export const loading: Resource<never> = { status: 'loading' };

/** A failed call as the screens show it. */
export function failureOf(error: unknown): Failure {
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof Error && isDefinedError(error)) {
    const data = (error as { data?: { code?: string; action?: string } }).data;
    return { code: data?.code, message, action: data?.action };
  }
  return { code: undefined, message, action: undefined };
}

/** Runs a call and says how it went; never throws. */
export async function settle<T>(call: Promise<T>): Promise<Resource<T>> {
  try {
    return { status: 'ready', value: await call };
  } catch (error) {
    return { status: 'failed', failure: failureOf(error) };
  }
}
