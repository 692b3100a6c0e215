import { oc } from '@orpc/contract';
import { z } from 'zod';
import { idSchema, studioErrorSchema } from './app.ts';

const bytes = z.number().nonnegative();
const call = oc.errors({ STUDIO: { message: 'The studio refused the call.', data: studioErrorSchema } });

const diskUseSchema = z.object({
  /** Bytes of the workspace by what they are. */
  parts: z.array(z.object({ part: z.enum(['slices', 'runs', 'cache', 'database', 'other']), bytes })),
  /** Free on the disk of the workspace. */
  freeBytes: bytes,
});
export type DiskUse = z.infer<typeof diskUseSchema>;

const doctorItemSchema = z.object({
  name: z.string(),
  /** null: optional, and not there. */
  ok: z.boolean().nullable(),
  detail: z.string(),
  action: z.string().optional(),
});
export type DoctorItem = z.infer<typeof doctorItemSchema>;

const noticeSchema = z.object({
  name: z.string(),
  version: z.string(),
  license: z.string(),
  text: z.string(),
});
export type ThirdPartyNotice = z.infer<typeof noticeSchema>;

const targetSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('download') }),
  z.strictObject({ type: z.literal('picked'), pickId: idSchema }),
]);

const done = z.object({});

/** Looking after a workspace and this installation. */
export const manageCalls = {
  disk: call.output(diskUseSchema),
  renameDataset: call
    .input(z.strictObject({ datasetId: idSchema, name: z.string().min(1).max(64) }))
    .output(done),
  deleteDataset: call.input(z.strictObject({ datasetId: idSchema })).output(done),
  /** A run keeps its number; the note is what people call it. */
  noteRun: call.input(z.strictObject({ runId: idSchema, note: z.string().max(200) })).output(done),
  deleteRun: call.input(z.strictObject({ runId: idSchema })).output(done),
  /** Copies the workspace with its secret, as a job. */
  backup: call.input(z.strictObject({ target: targetSchema })).output(z.object({ jobId: idSchema })),
  /** Looks at everything that the work needs on this machine. */
  doctor: call.output(z.array(doctorItemSchema)),
  /** What helps to explain a fault, as JSON text: no names, no paths, no pixels. */
  diagnostics: call.output(z.string()),
  /** Libraries that are shipped, with their licences. */
  notices: call.output(z.array(noticeSchema)),
  /** Draws phantom scans, imports them and trains on them for so many minutes, as a job. */
  tryPhantom: call
    .input(z.strictObject({ minutes: z.number().min(0.1).max(60) }))
    .output(z.object({ jobId: idSchema })),
};
