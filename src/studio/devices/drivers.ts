import { readdirSync, readFileSync, statSync } from 'node:fs';
import { homedir, release } from 'node:os';
import { join } from 'node:path';

/** Where Linux shows cards and their drivers, beside a folder in the user's home. Windows and macOS bring theirs with the system, whose release tells. */
const FOLDERS = [
  '/dev/dri',
  '/sys/module/nvidia',
  '/usr/share/vulkan/icd.d',
  '/usr/local/share/vulkan/icd.d',
  '/etc/vulkan/icd.d',
];
const FILES = [
  '/proc/driver/nvidia/version',
  '/dev/nvidiactl',
  '/dev/dxg',
  ...['/usr/lib/x86_64-linux-gnu', '/usr/lib/aarch64-linux-gnu', '/usr/lib64', '/usr/lib'].map(
    (folder) => `${folder}/libvulkan.so.1`,
  ),
];
const VARIABLES = ['VK_ICD_FILENAMES', 'VK_DRIVER_FILES', 'VK_ADD_DRIVER_FILES', 'LD_LIBRARY_PATH'];

/**
 * What is seen of graphics drivers without starting any: a text that changes when a card or a driver comes or goes
 * or is updated. Takes under a millisecond. Never leaves the machine.
 */
export function driverListing(): string {
  const parts = [process.platform, release()];
  const seen = (look: () => string) => {
    try {
      parts.push(look());
    } catch {
      parts.push('-');
    }
  };
  for (const folder of FOLDERS) seen(() => listed(folder));
  // A user of a container may have no home, and asking for it then throws.
  seen(() => listed(join(homedir(), '.local/share/vulkan/icd.d')));
  for (const file of FILES) {
    seen(() =>
      file.startsWith('/proc') ? readFileSync(file, 'utf8').trim() : String(Boolean(statSync(file))),
    );
  }
  for (const name of VARIABLES) parts.push(process.env[name] ?? '-');
  return parts.join('|');
}

function listed(folder: string): string {
  return readdirSync(folder)
    .sort()
    .map((name) => `${name}@${Math.round(statSync(join(folder, name)).mtimeMs / 1000)}`)
    .join();
}
