import { join } from 'node:path';
import { type Workspace, writeFileAtomic } from '../../workspace/index.ts';
import { eventFile, type Scalar } from './tensorboard.ts';

/** A number as CSV has it; empty where it was not finite. */
const cell = (value: number | undefined) =>
  value !== undefined && Number.isFinite(value) ? String(value) : '';

/**
 * Writes all logged steps of a run as `curves.csv` (a row a step, RFC 4180) and as a TensorBoard event file, whose
 * steps are images seen.
 * @throws NOT_FOUND, DISK_FULL
 */
export function exportCurves(
  ws: Workspace,
  runId: string,
  outDir: string,
): { readonly csv: string; readonly events: string; readonly steps: number } {
  const run = ws.run(runId);
  const rows = ws.metrics(run.id);
  const extras = [...new Set(rows.flatMap(({ extra }) => Object.keys(extra)))].sort();
  const own = ['lossD', 'lossG', 'scoreReal', 'scoreFake'] as const;
  const began = Date.parse(run.createdAt) / 1000;
  const lines = rows.map((row) =>
    [
      row.step,
      row.images,
      row.seconds,
      ...own.map((name) => row[name]),
      ...extras.map((name) => row.extra[name]),
    ]
      .map(cell)
      .join(','),
  );
  const head = ['step', 'images', 'seconds', ...own, ...extras].join(',');
  const scalars = rows.flatMap((row): Scalar[] =>
    [...own.map((name) => [name, row[name]] as const), ...Object.entries(row.extra)].map(([tag, value]) => ({
      tag,
      step: row.images,
      wallTime: began + row.seconds,
      value,
    })),
  );
  const csv = join(outDir, 'curves.csv');
  const events = join(outDir, `events.out.tfevents.${Math.floor(began)}.${run.id}`);
  writeFileAtomic(csv, `${[head, ...lines].join('\r\n')}\r\n`);
  writeFileAtomic(events, eventFile(scalars));
  return { csv, events, steps: rows.length };
}
