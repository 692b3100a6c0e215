import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { Workspace } from '../../src/workspace/index.ts';
import { ByteSearch } from '../support/byteSearch.ts';
import { start } from '../support/cli.ts';
import { testData } from '../support/data.ts';
import { enclosed } from '../support/enclosed.ts';
import { temporaryFolder } from '../unit/workspace/helpers.ts';

/** Values that say nothing: a time of midnight, and two words of English that a name of the corpus holds. */
const empty = /^(0+(\.0+)?|at the)$/;

const line = z.tuple([z.string(), z.string()]);

/** Every value of the files that the basic profile removes, as pydicom reads it; undefined without pydicom. */
function identitiesOf(files: readonly string[]): z.infer<typeof line>[] | undefined {
  const python = existsSync('/usr/bin/python3') ? '/usr/bin/python3' : 'python3';
  const script = resolve(import.meta.dirname, '../support/identities.py');
  const done = spawnSync(python, [script], {
    input: files.join('\n'),
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  if (done.status !== 0) {
    process.stderr.write('SKIPPED: pydicom is missing, which lists the identities to search for.\n');
    return undefined;
  }
  return done.stdout
    .trim()
    .split('\n')
    .map((text) => line.parse(JSON.parse(text)));
}

const isShard = (where: string) => where.endsWith('.shard');

function filesBelow(dir: string): string[] {
  return readdirSync(dir, { recursive: true, encoding: 'utf8' })
    .map((name) => join(dir, name))
    .filter((path) => statSync(path).isFile());
}

describe.skipIf(testData === undefined)(
  'a default import of the conformance corpus and five MR series',
  () => {
    const data = testData ?? '';

    it('leaves no value that the basic profile removes in the workspace, in logs or in what is printed', async () => {
      using folder = temporaryFolder();
      const scans = join(folder.dir, 'scans');
      for (const name of readdirSync(join(data, 'conformance'))) {
        const from = join(data, 'conformance', name);
        mkdirSync(scans, { recursive: true });
        if (statSync(from).isDirectory()) symlinkSync(from, join(scans, name));
      }
      for (const name of readdirSync(join(data, 'mri'))) {
        if (!statSync(join(data, 'mri', name)).isDirectory()) continue;
        mkdirSync(join(scans, name), { recursive: true });
        readdirSync(join(data, 'mri', name))
          .filter((_, i) => i % 20 === 0)
          .forEach((file) => {
            symlinkSync(join(data, 'mri', name, file), join(scans, name, file));
          });
      }
      const files = filesBelow(scans);
      const identities = identitiesOf(files);
      if (identities === undefined) return;
      expect(identities.length).toBeGreaterThan(2000);
      const search = new ByteSearch();
      for (const [text, raw] of identities) if (!empty.test(text)) search.add(text, Buffer.from(raw, 'hex'));
      // The search finds what it should: every identity is in the files themselves.
      const mr = files.find((file) => file.includes('philips-mprage')) ?? '';
      expect(search.in(readFileSync(mr)).size).toBeGreaterThan(20);
      // File names can hold identity too.
      for (const file of files) search.add(basename(file));

      const { home, workspace, env } = enclosed(folder.dir);
      const to = ['--workspace', workspace, '--dataset', 'all'];
      const imported = await start(['import', scans, ...to], { env }).finished;
      expect(imported.status).toBe(0);
      const done = imported.lines.at(-1) ?? { type: 'none' };
      expect(done.slices).toBeGreaterThan(400);
      // The rejected files are named to the caller, who knows them; nothing else may be said of them.
      const rejected = z.array(z.looseObject({ path: z.string(), reason: z.string() })).parse(done.rejected);
      const said = [
        imported.stderr,
        ...imported.lines.slice(0, -1).map((l) => JSON.stringify(l)),
        JSON.stringify({ ...done, rejected: rejected.map(({ reason }) => reason) }),
      ];
      for (const args of [
        ['datasets', '--workspace', workspace],
        ['slices', ...to],
      ]) {
        const { status, stdout, stderr } = await start(args, { env }).finished;
        expect([args[0], status]).toEqual([args[0], 0]);
        said.push(stdout, stderr);
      }
      const text = await start(['import', scans, ...to], { env, json: false }).finished;
      said.push(text.stderr);
      const printed = [...search.in(Buffer.from(said.join('\n')))];
      const found = search.below(home);
      // Grey values can spell a short text (a run of equal values "YYYYYY", a ramp "12345678"), not a long one.
      const stored = found.filter(({ text, where }) => !isShard(where) || text.length >= 12);
      expect({ printed, stored }).toEqual({ printed: [], stored: [] });
      // Nothing but pixels is in the shards: the slices fill them to the last byte.
      using ws = Workspace.open(workspace);
      const places = new Map(ws.slices('all').map((s) => [`${s.shard} ${s.offset}`, 2 * s.rows * s.columns]));
      const shards = readdirSync(ws.contentDir).map((name) => statSync(join(ws.contentDir, name)).size);
      const sum = (sizes: Iterable<number>) => [...sizes].reduce((a, b) => a + b, 0);
      expect(sum(shards)).toBe(sum(places.values()));
    });
  },
);
