/** Origin of the app's own pages. Standard and secure, so that CSP 'self' and storage work as on https. */
export const appScheme = 'app';
export const appOrigin = 'app://gantry';

/**
 * The navigation policy: a window may only ever show a page of the app itself, exactly our scheme and host,
 * no port, no credentials. Everything else, in a window, a frame or a new window, is refused.
 */
export function isAppUrl(text: string): boolean {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    return false;
  }
  return (
    url.protocol === `${appScheme}:` &&
    url.host === 'gantry' &&
    url.username === '' &&
    url.password === '' &&
    url.port === ''
  );
}
