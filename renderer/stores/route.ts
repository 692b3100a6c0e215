import { create } from 'zustand';
import { type Page, parseRoute, type Route, routeHash } from '../lib/route.ts';

/** The screen on show. The address is the truth, so that back, forward and reload work. */
export const useRoute = create<Route>(() => parseRoute(location.hash));

window.addEventListener('hashchange', () => useRoute.setState(parseRoute(location.hash)));

export function currentRoute(): Route {
  return useRoute.getState();
}

export function go(page: Page, id?: string): void {
  location.hash = routeHash(page, id);
}
