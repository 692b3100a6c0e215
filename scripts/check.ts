/** One command for all static checks: types, format and lint, layers and cycles, unused exports. */
import { spawnSync } from 'node:child_process';

const checks: readonly [string, readonly string[]][] = [
  ['tsc', ['--noEmit']],
  ['biome', ['check', '--error-on-warnings', '.']],
  ['depcruise', ['--config', '.dependency-cruiser.cjs', 'src', 'electron', 'renderer']],
  ['knip', []],
];

let failed = 0;
for (const [command, args] of checks) {
  const started = performance.now();
  const result = spawnSync(command, args, { stdio: 'inherit', shell: process.platform === 'win32' });
  const ok = result.status === 0;
  if (!ok) failed++;
  process.stdout.write(
    `${ok ? 'ok    ' : 'FAILED'} ${command} (${((performance.now() - started) / 1000).toFixed(1)} s)\n`,
  );
}
process.exitCode = failed === 0 ? 0 : 1;
