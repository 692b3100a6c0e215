import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { Samples } from '../../../../src/studio/app/samples.ts';
import { Workspace } from '../../../../src/workspace/index.ts';

/** A process that closes while sheets are drawn, at every moment of their making. */
const [dir = '', run = '', checkpoint = ''] = process.argv.slice(2);
using ws = Workspace.open(dir);
const ends: string[] = [];
for (let i = 0; i < 12; i++) {
  rmSync(join(ws.runDir(run), 'samples'), { recursive: true, force: true });
  const samples = new Samples(ws);
  const drawn = samples.picture(run, checkpoint).then(
    () => 'drawn',
    (error: { code?: string }) => error.code ?? 'unknown',
  );
  await setTimeout(400 + 90 * i);
  await samples.close();
  ends.push(await drawn);
}
process.send?.(ends);
