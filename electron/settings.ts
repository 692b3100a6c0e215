import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { z } from 'zod';

const settingsSchema = z.object({ workspace: z.string().min(1).optional() });
export type ShellSettings = z.infer<typeof settingsSchema>;

/** Reads the shell's settings; a missing or damaged file means none, for nothing in it is precious. */
export function readSettings(file: string): ShellSettings {
  try {
    return settingsSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return {};
  }
}

/** Writes them whole or not at all. */
export function writeSettings(file: string, settings: ShellSettings): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(`${file}.new`, `${JSON.stringify(settings, null, 2)}\n`);
  renameSync(`${file}.new`, file);
}
