import { z } from 'zod';

/** Column kinds of SQLite and what they stand for. JSON that does not parse is a damaged record. */
export const flag = z.union([z.literal(0), z.literal(1)]).transform((value) => value === 1);
export const optionalInteger = z.number().int().nullable();
export const optionalReal = z.number().nullable();
/** Bytes as lower-case hexadecimal. */
export const hex = z.instanceof(Uint8Array).transform((bytes) => Buffer.from(bytes).toString('hex'));

/** A column of JSON text that holds `schema`. */
export function jsonColumn<S extends z.ZodType>(schema: S) {
  return z
    .string()
    .transform((text, context): unknown => {
      try {
        return JSON.parse(text);
      } catch {
        context.addIssue({ code: 'custom', message: 'not JSON' });
        return z.NEVER;
      }
    })
    .pipe(schema);
}
