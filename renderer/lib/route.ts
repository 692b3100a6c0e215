/** Addresses of the screens; the part after # names one, so that both shells serve a single page. */

const pages = [
  'datasets',
  'runs',
  'compare',
  'generate',
  'explore',
  'evaluate',
  'review',
  'settings',
  'help',
] as const;
export type Page = (typeof pages)[number];

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
  const [name, id] = hash.replace(/^#\/?/, '').split('/').map(decoded);
  const page = pages.find((one) => one === name);
  const what = id || undefined;
  if (page === undefined) return { page: 'datasets', datasetId: undefined, runId: undefined };
  return page === 'datasets'
    ? { page, datasetId: what, runId: undefined }
    : { page, datasetId: undefined, runId: what };
}

/** The hash of a screen. */
export function routeHash(page: Page, id?: string): string {
  return id === undefined ? `#/${page}` : `#/${page}/${encodeURIComponent(id)}`;
}
