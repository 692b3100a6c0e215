import { readBelow } from './files.ts';
import { securityHeaders } from './headers.ts';

/** A picture of the workspace, or null where there is none of that address. */
export type MediaSource = (
  path: string,
  query: URLSearchParams,
) => Promise<{ readonly type: string; readonly bytes: Uint8Array } | null>;

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array<ArrayBuffer>;
}

/** A report holds its styles and pictures itself. It runs nothing, loads nothing, and is no part of the app's origin. */
const reportPolicy =
  "default-src 'none'; img-src data:; style-src 'unsafe-inline'; frame-ancestors 'self'; sandbox";

const encoder = new TextEncoder();

/** A short answer in plain text, with the security headers. */
export function plainAnswer(status: number, text: string): Answer {
  return {
    status,
    headers: { ...securityHeaders, 'Content-Type': 'text/plain; charset=utf-8', 'Cache-Control': 'no-store' },
    body: encoder.encode(`${text}\n`),
  };
}

/**
 * What the app answers to a GET, once the caller has been let in: the built renderer and the workspace's
 * pictures. Both shells use it, `gantry serve` behind HTTP and Electron behind its own protocol.
 *
 * @param rawTarget path and query as they came, not normalised
 */
export async function answerContent(
  rendererDir: string,
  media: MediaSource,
  rawTarget: string,
): Promise<Answer> {
  const mark = rawTarget.indexOf('?');
  const path = mark < 0 ? rawTarget : rawTarget.slice(0, mark);
  if (path.startsWith('/media/')) {
    const picture = await media(path, new URLSearchParams(mark < 0 ? '' : rawTarget.slice(mark + 1)));
    if (picture === null) return plainAnswer(404, 'There is no such picture.');
    return {
      status: 200,
      // Pixels of patients are never left in a browser's cache on disk.
      headers: {
        ...securityHeaders,
        ...(picture.type.startsWith('text/html')
          ? { 'Content-Security-Policy': reportPolicy, 'X-Frame-Options': 'SAMEORIGIN' }
          : {}),
        'Content-Type': picture.type,
        'Cache-Control': 'no-store',
      },
      body: new Uint8Array(picture.bytes),
    };
  }
  const file = await readBelow(rendererDir, path);
  if (file === null) return plainAnswer(404, 'There is nothing here.');
  // Built assets carry a hash of their content in their name; the page itself must always be asked for.
  const cache = path.startsWith('/assets/') ? 'private, max-age=31536000, immutable' : 'no-cache';
  return {
    status: 200,
    headers: { ...securityHeaders, 'Content-Type': file.type, 'Cache-Control': cache },
    body: file.bytes,
  };
}
