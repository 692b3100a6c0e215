import type { Workspace } from '../../../src/workspace/index.ts';
import { copySlices, importPictures, pictures } from './manySlices.ts';

export const slices = 100_000;
export const steps = 100_000;

/** A finished run of so many logged steps; no trainer was ever at work on it. */
export function addLongRun(ws: Workspace, dataset: string): string {
  const config = { preset: 'tiny', size: 64, seed: 1, config: {}, device: 'cpu', totalImages: steps * 16 };
  const run = ws.createRun({ dataset, ...config });
  ws.updateRun(run.id, { event: { type: 'start' } });
  ws.updateRun(run.id, { event: { type: 'complete' }, images: steps * 16, seconds: 9000 });
  ws.appendMetrics(
    run.id,
    Array.from({ length: steps }, (_, i) => ({
      step: i + 1,
      images: (i + 1) * 16,
      lossD: 1 + Math.sin(i / 900) / 3,
      lossG: 1 + Math.cos(i / 700) / 3,
      scoreReal: 1 + Math.sin(i / 50) / 5,
      scoreFake: -1 + Math.cos(i / 70) / 5,
      extra: { gradientD: 1 + Math.sin(i / 300), gradientG: 1 + Math.cos(i / 200) },
      seconds: i / 11,
    })),
  );
  return run.id;
}

/** A dataset of so many slices: 64 different pictures under as many rows as are wanted, and a long run. */
export async function largeWorkspace(folder: string): Promise<string> {
  const ws = await importPictures(folder, 128);
  addLongRun(ws, 'large');
  ws.close();
  copySlices(ws.dir, slices / pictures);
  return ws.dir;
}
