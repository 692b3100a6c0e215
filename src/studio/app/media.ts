import { GantryError } from '../../base/errors.ts';
import type { Workspace } from '../../workspace/index.ts';
import type { Evaluations } from './evaluations.ts';
import type { Explorations } from './explorations.ts';
import type { Reads } from './reads.ts';
import type { Samples } from './samples.ts';
import { runTask } from './task.ts';
import { slicePng } from './thumbnail.ts';

export interface Picture {
  readonly type: string;
  readonly bytes: Uint8Array;
}

/** Room for some 10,000 thumbnails, so that scrolling back in a grid costs nothing. */
const cacheBytes = 64 * 1024 * 1024;

/**
 * Pictures of a workspace by their address: `/media/slices/<id>?size=`, `/media/samples/<run>/<checkpoint>`,
 * `/media/evaluations/<run>/<id>`, `/media/evaluations/<run>/<id>/model-card.md`.
 */
export class Media {
  private readonly workspace: Workspace;
  private readonly reads: Reads;
  private readonly samples: Samples;
  private readonly evaluations: Evaluations;
  private readonly explorations: Explorations;
  private readonly cache = new Map<string, Uint8Array>();
  private cached = 0;

  constructor(
    workspace: Workspace,
    reads: Reads,
    samples: Samples,
    evaluations: Evaluations,
    explorations: Explorations,
  ) {
    this.workspace = workspace;
    this.reads = reads;
    this.samples = samples;
    this.evaluations = evaluations;
    this.explorations = explorations;
  }

  /** The picture, or null where there is none. Addresses are matched whole; nothing of them becomes a path. */
  readonly answer = async (path: string, query: URLSearchParams): Promise<Picture | null> => {
    try {
      const slice = /^\/media\/slices\/(\d{1,12})$/.exec(path);
      if (slice !== null) return this.slice(Number(slice[1]), query.get('size'));
      const pair = /^\/media\/comparison\/(run-\d{4,12})$/.exec(path);
      if (pair !== null) return await this.comparison(pair[1]!, query);
      const walk = /^\/media\/explorations\/(job-\d{4,9})$/.exec(path);
      if (walk !== null) {
        const bytes = this.explorations.pictures(walk[1]!);
        return bytes === null ? null : { type: 'application/octet-stream', bytes };
      }
      const page = /^\/media\/evaluations\/(run-\d{4,12})\/([\dT-]{1,30})$/.exec(path);
      if (page !== null) {
        return { type: 'text/html; charset=utf-8', bytes: await this.evaluations.page(page[1]!, page[2]!) };
      }
      const card = /^\/media\/evaluations\/(run-\d{4,12})\/([\dT-]{1,30})\/model-card\.md$/.exec(path);
      if (card !== null) {
        return {
          type: 'text/markdown; charset=utf-8',
          bytes: await this.evaluations.card(card[1]!, card[2]!),
        };
      }
      const sheet = /^\/media\/samples\/(run-\d{4,12})\/(images-\d{9,12})$/.exec(path);
      if (sheet === null) return null;
      const bytes = await this.samples.picture(sheet[1]!, sheet[2]!);
      return bytes === null ? null : { type: 'image/png', bytes };
    } catch (error) {
      if (error instanceof GantryError && error.code === 'NOT_FOUND') return null;
      throw error;
    }
  };

  /** Pixels of both sides, behind a line of JSON that says how many there are. */
  private async comparison(run: string, query: URLSearchParams): Promise<Picture | null> {
    const count = Number(query.get('count'));
    const seed = Number(query.get('seed'));
    if (!(Number.isInteger(count) && count >= 1 && count <= 64)) return null;
    if (!(Number.isInteger(seed) && seed >= 0 && seed <= 0xffffffff)) return null;
    this.workspace.run(run);
    const { figures, bytes } = await runTask(this.workspace.dir, { type: 'comparison', run, count, seed });
    const head = Buffer.from(`${JSON.stringify(figures)}\n`);
    return { type: 'application/octet-stream', bytes: Buffer.concat([head, bytes ?? new Uint8Array()]) };
  }

  private slice(id: number, wanted: string | null): Picture | null {
    const size = wanted !== null && /^\d{2,4}$/.test(wanted) ? Number(wanted) : Number.NaN;
    if (!(size >= 16 && size <= 1024)) return null;
    const record = this.workspace.slice(id);
    const series = this.reads.seriesOf(id);
    const window = series?.window ?? null;
    const layout = series?.geometry ?? {};
    const key = `${record.contentHash} ${window?.low} ${window?.high} ${JSON.stringify(layout)} ${size}`;
    let bytes = this.cache.get(key);
    if (bytes === undefined) {
      bytes = slicePng(this.workspace.readSlice(record), window, layout, size);
      this.cached += bytes.byteLength;
    }
    // Last used, last in the map: the first ones go when room is short.
    this.cache.delete(key);
    this.cache.set(key, bytes);
    for (const [old, { byteLength }] of this.cache) {
      if (this.cached <= cacheBytes) break;
      this.cache.delete(old);
      this.cached -= byteLength;
    }
    return { type: 'image/png', bytes };
  }
}
