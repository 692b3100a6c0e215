import { writeSync } from 'node:fs';
import { mergeDatasets } from '../../../../src/studio/merge/index.ts';
import { Workspace } from '../../../../src/workspace/index.ts';

/** Merges until it has come so far, then waits to be killed. */
const [dir = '', until = ''] = process.argv.slice(2);
const ws = Workspace.open(dir, { write: true });
await mergeDatasets(
  ws,
  { datasets: ['a', 'b'], into: 'c' },
  {
    onProgress: (done) => {
      if (done < Number(until)) return;
      // At once: this thread then waits, with the transaction of this moment as its last.
      writeSync(1, 'there');
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 60_000);
    },
  },
);
