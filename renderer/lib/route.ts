/** Addresses of the screens; the part after # names one, so that both shells serve a single page. */

export type Page = 'datasets' | 'runs';

export interface Route {
  readonly page: Page;
  readonly datasetId: string | undefined;
  readonly runId: string | undefined;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return '';
  }
}

/** The screen that a hash names; anything unknown is the datasets page. */
export function parseRoute(hash: string): Route {
  const [page, id] = hash.replace(/^#\/?/, '').split('/').map(decoded);
  if (page === 'runs') return { page, datasetId: undefined, runId: id || undefined };
  return { page: 'datasets', datasetId: page === 'datasets' ? id || undefined : undefined, runId: undefined };
}

/** The hash of a screen. */
export function routeHash(page: Page, id?: string): string {
  return id === undefined ? `#/${page}` : `#/${page}/${encodeURIComponent(id)}`;
}
