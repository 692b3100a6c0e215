import { useEffect, useMemo, useState } from 'react';
import type { DatasetDetail, SliceItem } from '../../../src/contract/index.ts';
import { client } from '../../lib/client.ts';
import { type Failure, failureOf } from '../../stores/resource.ts';

export type Which = 'used' | 'empty' | 'excluded' | 'all';

const pageLength = 200;

export interface SlicePages {
  readonly total: number | undefined;
  readonly failure: Failure | undefined;
  /** The slice at a place, or undefined while its page is on the way. */
  at(index: number): SliceItem | undefined;
  /** Identifiers of all slices of the selection, at most so many. */
  ids(most: number): Promise<string[]>;
  /** Makes sure that the pages of a range are loaded or on the way. */
  want(from: number, to: number): void;
}

/** A long list of slices in pages of 200, asked for when they come into view. */
class PageCache {
  readonly pages = new Map<number, SliceItem[]>();
  total: number | undefined;
  failure: Failure | undefined;
  private readonly asked = new Set<number>();
  private readonly fetchPage: (
    offset: number,
    limit?: number,
  ) => Promise<{ total: number; items: SliceItem[] }>;
  onChange: () => void = () => {};

  constructor(fetchPage: PageCache['fetchPage']) {
    this.fetchPage = fetchPage;
  }

  want(from: number, to: number): void {
    for (let page = Math.floor(from / pageLength); page * pageLength < Math.max(to, 1); page++) {
      if (this.asked.has(page)) continue;
      this.asked.add(page);
      void this.load(page);
    }
  }

  async ids(most: number): Promise<string[]> {
    const found: string[] = [];
    while (found.length < most) {
      const { items } = await this.fetchPage(found.length, Math.min(1000, most - found.length));
      found.push(...items.map(({ id }) => id));
      if (items.length === 0) break;
    }
    return found;
  }

  private async load(page: number): Promise<void> {
    try {
      const { total, items } = await this.fetchPage(page * pageLength);
      this.pages.set(page, items);
      this.total = total;
    } catch (error) {
      this.asked.delete(page);
      if (page === 0) this.failure = failureOf(error);
    }
    this.onChange();
  }
}

/** The slices of a dataset, or of one of its series, that a filter leaves. */
export function useSlicePages(
  dataset: DatasetDetail,
  seriesId: string | undefined,
  which: Which,
): SlicePages {
  const [version, setVersion] = useState(0);
  // Another object of the same dataset means that it was loaded anew: then the pages are too.
  const cache = useMemo(
    () =>
      new PageCache((offset, limit = pageLength) =>
        client.datasets.slices({
          datasetId: dataset.id,
          which,
          offset,
          limit,
          ...(seriesId === undefined ? {} : { seriesId }),
        }),
      ),
    [dataset, seriesId, which],
  );
  useEffect(() => {
    cache.onChange = () => setVersion((before) => before + 1);
    cache.want(0, 1);
    return () => {
      cache.onChange = () => {};
    };
  }, [cache]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: `version` says that the cache has more
  return useMemo(
    () => ({
      total: cache.total,
      failure: cache.failure,
      at: (index) => cache.pages.get(Math.floor(index / pageLength))?.[index % pageLength],
      ids: (most) => cache.ids(most),
      want: (from, to) => cache.want(from, to),
    }),
    [cache, version],
  );
}
