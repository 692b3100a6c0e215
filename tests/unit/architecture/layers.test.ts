import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '../../..');
const probe = join(root, 'src/engine/layerProbe');

/** Cruises a throwaway file in src/engine that imports what its layer must not. */
function cruise(source: string): string {
  mkdirSync(probe, { recursive: true });
  writeFileSync(join(probe, 'probe.ts'), source);
  const result = spawnSync(
    process.execPath,
    [
      join(root, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs'),
      '--config',
      '.dependency-cruiser.cjs',
      'src/engine/layerProbe',
    ],
    { cwd: root, encoding: 'utf8' },
  );
  return `${result.status}\n${result.stdout}${result.stderr}`;
}

afterEach(() => rmSync(probe, { recursive: true, force: true }));

describe('the layer rules bite', () => {
  it('refuses an import of gan from engine', () => {
    const output = cruise("import type { Json } from '../../gan/types.ts';\nexport type Probe = Json;\n");
    expect(output).toMatch(/^[1-9]/);
    expect(output).toContain('engine-knows-no-gan');
  });

  it('refuses electron outside electron/', () => {
    const output = cruise("import type { App } from 'electron';\nexport type Probe = App;\n");
    expect(output).toContain('only-electron-knows-electron');
  });

  it('allows an import of base', () => {
    const output = cruise(
      "import type { ErrorCode } from '../../base/errors.ts';\nexport type Probe = ErrorCode;\n",
    );
    expect(output).toMatch(/^0/);
  });
});
