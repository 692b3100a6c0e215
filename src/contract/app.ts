import { z } from 'zod';
import { type ErrorCode, errorCodes } from '../base/errors.ts';

/** A Gantry error as it crosses the border between processes: its kind and its advice survive. */
export const studioErrorSchema = z.object({
  code: z.enum(Object.keys(errorCodes) as [ErrorCode, ...ErrorCode[]]),
  /** What the user can do about it. */
  action: z.string().max(2000).optional(),
});

export const appInfoSchema = z.object({
  name: z.string(),
  version: z.string(),
  /** Which shell hosts the Studio; the screens are the same, only native dialogs differ. */
  shell: z.enum(['electron', 'serve']),
  node: z.string(),
  platform: z.string(),
  cpuThreads: z.number().int().positive(),
  memoryBytes: z.number().int().positive(),
  /** The workspace's display name: the last part of its folder, never a path. */
  workspace: z.object({ name: z.string() }),
});
export type AppInfo = z.infer<typeof appInfoSchema>;

/** Identifiers are opaque to the renderer; the pattern keeps them safe inside a URL and a file name. */
export const idSchema = z.string().regex(/^[A-Za-z0-9._-]{1,80}$/);

/** ISO 8601 in UTC. */
export const timestampSchema = z.string().max(40);
