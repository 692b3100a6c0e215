import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import type { ThirdPartyNotice } from '../../contract/index.ts';

const packageSchema = z.object({
  name: z.string(),
  version: z.string(),
  license: z.string().optional(),
  dependencies: z.record(z.string(), z.string()).optional(),
});
/** What the page is built of; it has no dependencies at run time and is listed by the build. */
const pageLibraries = ['react', 'react-dom', 'react-aria-components', 'uplot', 'zustand'];
const mostText = 20_000;

type Package = z.infer<typeof packageSchema>;

function read(folder: string): Package | undefined {
  try {
    return packageSchema.parse(JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')));
  } catch {
    return undefined;
  }
}

/** The folder of a package as Node finds it from another. */
function find(name: string, from: string): string | undefined {
  for (let folder = from; ; folder = dirname(folder)) {
    const candidate = join(folder, 'node_modules', name);
    if (existsSync(join(candidate, 'package.json'))) return candidate;
    if (dirname(folder) === folder) return undefined;
  }
}

function licenceText(folder: string): string {
  const file = readdirSync(folder).find((name) => /^(licen[cs]e|copying)(\.(md|txt))?$/i.test(name));
  return file === undefined ? '' : readFileSync(join(folder, file), 'utf8').slice(0, mostText);
}

/** Every library that runs with this installation, by name, with the text of its licence where it brings one. */
export function thirdPartyNotices(
  root = fileURLToPath(new URL('../../..', import.meta.url)),
): ThirdPartyNotice[] {
  // In a build, `dist` stands between the package and its sources.
  const home = read(root) === undefined ? dirname(root.replace(/[/\\]$/, '')) : root;
  const found = new Map<string, ThirdPartyNotice>();
  const visit = (name: string, from: string) => {
    const folder = find(name, from);
    const info = folder === undefined ? undefined : read(folder);
    if (folder === undefined || info === undefined) return;
    const key = `${info.name} ${info.version}`;
    if (found.has(key)) return;
    found.set(key, {
      name: info.name,
      version: info.version,
      license: info.license ?? '',
      text: licenceText(folder),
    });
    for (const next of Object.keys(info.dependencies ?? {})) visit(next, folder);
  };
  for (const name of [...Object.keys(read(home)?.dependencies ?? {}), ...pageLibraries]) visit(name, home);
  return [...found.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}
