import { join } from 'node:path';
import { appVersion } from '../src/base/runtime.ts';
import { writePhantom } from '../src/phantom/index.ts';
import { importPaths } from '../src/studio/import/index.ts';
import { buildReview } from '../src/studio/review/build.ts';
import { ReviewSets } from '../src/studio/review/sets.ts';
import { buildStudy, keepStudy } from '../src/studio/study/create.ts';
import { Studies } from '../src/studio/study/studies.ts';
import { trainRun } from '../src/studio/train/index.ts';
import { Workspace } from '../src/workspace/index.ts';

/** Without anything in it, as at the first start. */
export function newWorkspace(folder: string): string {
  const dir = join(folder, 'empty');
  Workspace.create(dir, { write: true }).close();
  return dir;
}

/**
 * What the pictures show, of the digital phantom alone: a dataset, a trained run, slices under review with some
 * verdicts, a reader study that two made-up readers have read and one that waits for its first.
 *
 * @param images that the run is trained on
 */
export async function shownWorkspace(folder: string, images: number): Promise<string> {
  const scans = join(folder, 'phantom');
  await writePhantom({ outDir: scans, subjects: 12, slicesPerSubject: 30, seed: 1, appVersion });
  const dir = join(folder, 'study');
  const ws = Workspace.create(dir, { write: true });
  try {
    await importPaths(ws, { paths: [scans], dataset: 'phantom' });
    const training = { dataset: 'phantom', preset: 'tiny', size: 64, images, checkpointEvery: images / 8 };
    const { run } = await trainRun(ws, training);
    await addReview(ws, run);
    await addStudies(ws, run);
  } finally {
    ws.close();
  }
  return dir;
}

async function addReview(ws: Workspace, run: string): Promise<void> {
  const request = { run, count: 64, seed: 1 };
  const built = await buildReview(ws, request);
  const sets = new ReviewSets(ws);
  const id = sets.keep(request, built);
  for (const { slice } of built.slices.slice(0, 20)) {
    const verdict = slice % 4 === 1 ? 'reject' : slice % 7 === 3 ? 'mark' : 'accept';
    const reason = verdict === 'reject' ? 'anatomy' : null;
    sets.judge(id, { slice, verdict, reason, note: null, reader: 'R1' });
  }
  sets.close();
}

async function addStudies(ws: Workspace, run: string): Promise<void> {
  const plan = { run, kind: 'yes-no', cases: 24, training: 2, label: null, margin: 0.1 } as const;
  for (const [i, name] of ['Phantom pilot', 'Phantom, second round'].entries()) {
    const built = await buildStudy(ws, { ...plan, name, seed: i + 1 });
    const id = keepStudy(ws, built.study, built.key, built.images);
    if (i > 0) continue;
    const studies = new Studies(ws);
    const truth = new Map([...built.key.cases, ...built.key.training].map((one) => [one.id, one.answer]));
    for (const [nth, reader] of ['R1', 'R2'].entries()) {
      for (let step = 0; ; step++) {
        const { open } = studies.state(id, reader);
        if (open === null) break;
        // Right three times of four, the one reader surer than the other.
        const is = truth.get(open.caseId) === 'real';
        const said = (step * 7 + nth) % 4 === 0 ? !is : is;
        const answer = {
          choice: said ? 'real' : 'synthetic',
          confidence: 1 + ((step + 2 * nth) % 5),
        } as const;
        studies.answer(id, reader, {
          caseId: open.caseId,
          ...answer,
          elapsedMs: 2400 + 300 * ((step * 5) % 11),
        });
      }
    }
    studies.close();
  }
}
