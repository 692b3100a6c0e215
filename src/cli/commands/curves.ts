import { exportCurves } from '../../studio/curves/index.ts';
import { openForReading } from '../../studio/open.ts';
import type { CommandContext } from '../context.ts';
import { needed, type Parsed } from '../parse.ts';

/** `gantry curves`: a run's curves for spreadsheets and TensorBoard. */
export async function curvesCommand(parsed: Parsed, { out }: CommandContext): Promise<void> {
  using ws = openForReading(needed(parsed, 'workspace'));
  const written = exportCurves(ws, needed(parsed, 'run'), needed(parsed, 'out'));
  out.done(written, `${written.steps} steps in ${written.csv} and ${written.events}.`);
}
