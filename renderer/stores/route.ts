import { create } from 'zustand';

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

/** The screen on show. The address is the truth, so that back, forward and reload work. */
export const useRoute = create<Route>(() => parseRoute(location.hash));

window.addEventListener('hashchange', () => useRoute.setState(parseRoute(location.hash)));

export function currentRoute(): Route {
  return useRoute.getState();
}

export function go(page: Page, id?: string): void {
  location.hash = routeHash(page, id);
}
