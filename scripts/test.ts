/**
 * `npm test`: static checks, unit, conformance and integration tests, then the end-to-end specs, on a machine
 * that may be fresh. Installs what is needed beyond npm where apt can (a browser, the DICOM validators), and
 * ends with one line of the real counts.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { ensureTestTools } from './testTools.ts';

const report = z.object({
  numPassedTests: z.number(),
  numFailedTests: z.number(),
  numPendingTests: z.number(),
  numTodoTests: z.number(),
  numFailedTestSuites: z.number(),
  success: z.boolean(),
});

interface Counts {
  passed: number;
  failed: number;
  skipped: number;
}

const shell = process.platform === 'win32';

/** Runs vitest with a configuration; a file that cannot even load counts as one failed test. */
function vitest(config: string, folder: string): Counts {
  const file = join(folder, `${config}.json`);
  const result = spawnSync(
    'vitest',
    ['run', '--config', config, '--reporter=default', '--reporter=json', `--outputFile.json=${file}`],
    { stdio: 'inherit', shell },
  );
  try {
    const parsed = report.parse(JSON.parse(readFileSync(file, 'utf8')));
    const failed = parsed.numFailedTests === 0 && result.status !== 0 ? 1 : parsed.numFailedTests;
    return { passed: parsed.numPassedTests, failed, skipped: parsed.numPendingTests + parsed.numTodoTests };
  } catch {
    return { passed: 0, failed: 1, skipped: 0 };
  }
}

function staticChecks(): Counts {
  const ok = spawnSync(process.execPath, ['scripts/check.ts'], { stdio: 'inherit' }).status === 0;
  return { passed: ok ? 1 : 0, failed: ok ? 0 : 1, skipped: 0 };
}

ensureTestTools();
const folder = mkdtempSync(join(tmpdir(), 'gantry-test-'));
const results = [staticChecks(), vitest('vitest.config.ts', folder), vitest('vitest.e2e.config.ts', folder)];
rmSync(folder, { recursive: true, force: true });

const total = (key: keyof Counts) => results.reduce((sum, counts) => sum + counts[key], 0);
process.stdout.write(`${total('passed')} passed, ${total('failed')} failed, ${total('skipped')} skipped\n`);
process.exitCode = total('failed') === 0 ? 0 : 1;
