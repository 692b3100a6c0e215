import { describeRun } from '../../studio/listing.ts';
import { openForReading } from '../../studio/open.ts';
import type { CommandContext } from '../context.ts';
import { duration } from '../output.ts';
import { needed, type Parsed } from '../parse.ts';

/** `gantry runs`: an item a run. */
export async function runsCommand(parsed: Parsed, { out }: CommandContext): Promise<void> {
  using ws = openForReading(needed(parsed, 'workspace'));
  const runs = ws.runs();
  for (const run of runs) {
    const item = describeRun(ws, run);
    const total = item.totalImages === null ? '' : ` of ${item.totalImages}`;
    out.item(
      { ...item },
      `${item.run}  ${item.state.padEnd(11)} ${item.dataset}, ${item.preset} ${item.size} px, ${item.images}${total} images in ${duration(item.seconds)}`,
    );
  }
  out.done({ runs: runs.length }, runs.length === 0 ? 'No runs yet.' : undefined);
}
