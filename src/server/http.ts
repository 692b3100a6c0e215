import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { type Answer, answerContent, type MediaSource, plainAnswer } from './content.ts';
import { isLocalHost, isOwnFetch, isSameOrigin, readCookie, sameSecret } from './guard.ts';
import { securityHeaders } from './headers.ts';

export interface Gate {
  /** Secret of the link that `gantry serve` prints. */
  readonly token: string;
  /** Secret of the cookie that the link is exchanged for, so that it leaves the address bar. */
  readonly session: string;
  /** Cookies do not know ports, so the name must. */
  readonly cookieName: string;
}

/** The first reason to refuse a request that has to carry the session, or null. */
export function refusal(request: IncomingMessage, gate: Gate): Answer | null {
  const { host, origin, cookie } = request.headers;
  if (!isLocalHost(host)) return plainAnswer(403, 'This server answers to its local name only.');
  if (origin !== undefined && !isSameOrigin(origin, host)) {
    return plainAnswer(403, 'Another site may not use this server.');
  }
  if (!sameSecret(readCookie(cookie, gate.cookieName), gate.session)) {
    return plainAnswer(401, 'Open the link that `gantry serve` printed; it holds the key to this page.');
  }
  const site = request.headers['sec-fetch-site'];
  if (!isOwnFetch(typeof site === 'string' ? site : undefined)) {
    return plainAnswer(403, 'Another site may not use this server.');
  }
  return null;
}

/** Exchanges the link's token for the session cookie and takes it out of the address bar. */
function login(request: IncomingMessage, gate: Gate, target: string): Answer | null {
  if (!target.startsWith('/?')) return null;
  const token = new URLSearchParams(target.slice(2)).get('token');
  if (token === null) return null;
  if (!isLocalHost(request.headers.host))
    return plainAnswer(403, 'This server answers to its local name only.');
  if (!sameSecret(token, gate.token)) {
    return plainAnswer(
      401,
      'This link is not valid any more. Open the one that `gantry serve` printed last.',
    );
  }
  return {
    status: 303,
    headers: {
      ...securityHeaders,
      'Cache-Control': 'no-store',
      Location: '/',
      'Set-Cookie': `${gate.cookieName}=${gate.session}; Path=/; HttpOnly; SameSite=Strict`,
    },
    body: new Uint8Array(),
  };
}

async function answer(request: IncomingMessage, gate: Gate, rendererDir: string, media: MediaSource) {
  const target = request.url ?? '/';
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    return plainAnswer(405, 'Only reading is possible here.');
  }
  return (
    login(request, gate, target) ??
    refusal(request, gate) ??
    (await answerContent(rendererDir, media, target))
  );
}

/** Handles the pages and pictures; calls go over the WebSocket. */
export function httpListener(gate: Gate, rendererDir: string, media: MediaSource): RequestListener {
  return (request: IncomingMessage, response: ServerResponse) => {
    answer(request, gate, rendererDir, media)
      .catch(() => plainAnswer(500, 'The picture or page could not be made.'))
      .then((result) => {
        response.writeHead(result.status, { ...result.headers, 'Content-Length': result.body.byteLength });
        response.end(request.method === 'HEAD' ? undefined : result.body);
      });
  };
}
