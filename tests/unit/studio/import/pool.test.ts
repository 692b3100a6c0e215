import { spawnSync } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { patienceMs, runPool } from '../../../../src/studio/import/pool.ts';
import { defaultPrivacy } from '../../../../src/studio/import/privacy.ts';
import type { FileReport } from '../../../../src/studio/import/types.ts';
import { temporaryFolder } from '../../workspace/helpers.ts';
import { madeDicom, put } from './makeDicom.ts';

describe('a pool of import workers', () => {
  it('has more patience with larger files', () => {
    expect(patienceMs(0)).toBe(60_000);
    // A gigabyte at half a megabyte a second.
    expect(patienceMs(1e9)).toBeGreaterThan(1e9 / 0.5e6);
  });

  it.skipIf(process.platform === 'win32')('gives up a file that never ends, without blaming it', async () => {
    using folder = temporaryFolder();
    // Nobody writes to this pipe: who opens it to read waits.
    const pipe = join(folder.dir, 'a.dcm');
    expect(spawnSync('mkfifo', [pipe]).status).toBe(0);
    const names = ['a.dcm', 'b.dcm', 'c.dcm'];
    for (const name of names.slice(1)) {
      put(join(folder.dir, name), madeDicom({ instance: name.charCodeAt(0) }));
    }
    const reports: FileReport[] = [];
    try {
      await runPool(
        names.map((name) => ({ path: join(folder.dir, name), relative: name, given: 'data' })),
        {
          workers: 1,
          start: {
            task: 'import',
            secret: new Uint8Array(32),
            rules: { subjectFrom: 'identity', privacy: defaultPrivacy },
            known: [],
            labels: undefined,
          },
          patience: () => 4000,
          onReport: (report, stored) => {
            reports.push(report);
            stored();
          },
        },
      );
    } finally {
      // Lets the thread that waits go.
      closeSync(openSync(pipe, 'r+'));
    }
    const byFile = reports.sort((a, b) => a.id - b.id);
    expect(byFile.map(({ type }) => type)).toEqual(['rejected', 'slices', 'slices']);
    expect(byFile[0]).toMatchObject({ id: 0, code: 'TIMED_OUT' });
  });
});
