import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Shape } from '../types.ts';
import type { TracedProgram } from './traced.ts';

/** Where traced programs are kept, and what they were made from: configuration and version, as one text. */
export interface GraphCache {
  readonly folder: string;
  readonly key: string;
}

interface Header {
  readonly inputs: [string, Shape][];
  readonly outputs: [string, Shape][];
  readonly nodeCount: number;
  readonly sha256: string;
}

const sha256 = (data: Uint8Array | string) => createHash('sha256').update(data).digest('hex');

/**
 * A program's traced form from the cache, or made and kept. A file is one line of JSON and the model; one that is
 * damaged, cut short or not writable is as good as none.
 * @param part what tells the programs of one key apart
 */
export function cachedTrace(
  cache: GraphCache | undefined,
  part: string,
  make: () => TracedProgram,
): TracedProgram {
  if (!cache) return make();
  const file = join(cache.folder, `${sha256(`${cache.key}\n${part}`)}.graph`);
  const known = read(file);
  if (known) return known;
  const made = make();
  try {
    mkdirSync(cache.folder, { recursive: true });
    const header: Header = {
      inputs: [...made.inputs],
      outputs: [...made.outputs],
      nodeCount: made.nodeCount,
      sha256: sha256(made.model),
    };
    const partial = `${file}.${process.pid}`;
    writeFileSync(partial, Buffer.concat([Buffer.from(`${JSON.stringify(header)}\n`), made.model]));
    renameSync(partial, file);
  } catch {
    // A cache that cannot be written only costs the time of tracing again.
  }
  return made;
}

function read(file: string): TracedProgram | undefined {
  const start = performance.now();
  try {
    const bytes = readFileSync(file);
    const end = bytes.indexOf('\n');
    const header = JSON.parse(bytes.toString('utf8', 0, end)) as Header;
    const model = new Uint8Array(bytes.subarray(end + 1));
    if (sha256(model) !== header.sha256) return undefined;
    const { nodeCount } = header;
    return {
      model,
      inputs: new Map(header.inputs),
      outputs: new Map(header.outputs),
      nodeCount,
      traceMs: performance.now() - start,
    };
  } catch {
    return undefined;
  }
}
