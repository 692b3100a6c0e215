import { describeDataset, describeRun } from '../../studio/listing.ts';
import { openForReading } from '../../studio/open.ts';
import type { CommandContext } from '../context.ts';
import { counted, duration } from '../output.ts';
import { needed, type Parsed } from '../parse.ts';

/** `gantry datasets`: an item a dataset. */
export async function datasetsCommand(parsed: Parsed, { out }: CommandContext): Promise<void> {
  using ws = openForReading(needed(parsed, 'workspace'));
  const datasets = ws.datasets();
  for (const dataset of datasets) {
    const item = describeDataset(ws, dataset);
    out.item(
      { ...item },
      `${item.dataset.padEnd(20)} ${item.slices} slices (${item.used} in use, ${item.setAside} set aside as empty, ${item.excluded} excluded), ${item.series} series, ${counted(item.subjects, 'subject')}`,
    );
  }
  out.done({ datasets: datasets.length }, datasets.length === 0 ? 'No datasets yet.' : undefined);
}

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
