import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { type ErrorCode, toGantryError } from '../base/errors.ts';
import type { StudioApp } from '../studio/app/index.ts';
import { type Answer, answerContent, plainAnswer } from './content.ts';
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

const uploadStatus: Partial<Record<ErrorCode, number>> = {
  NOT_FOUND: 404,
  USAGE: 400,
  TOO_LARGE: 413,
  DISK_FULL: 507,
};

/** Takes one file of an upload: PUT /upload/<id>?name=folder&name=file. The only request that writes. */
async function receiveUpload(request: IncomingMessage, gate: Gate, target: string, app: HttpApp) {
  const { origin, host } = request.headers;
  // A page of another site could send a simple request without an Origin only by a trick; ours always names it.
  if (!isSameOrigin(origin, host)) return plainAnswer(403, 'Another site may not use this server.');
  const refused = refusal(request, gate);
  if (refused !== null) return refused;
  const [path, query] = target.split('?', 2);
  const upload = /^\/upload\/([\w-]{10,40})$/.exec(path ?? '');
  if (upload === null) return plainAnswer(404, 'There is nothing here.');
  // A large file may take long, but not stand still.
  request.setTimeout(60_000);
  try {
    await app.receive(upload[1] ?? '', new URLSearchParams(query ?? '').getAll('name'), request);
    return plainAnswer(201, 'Received.');
  } catch (error) {
    const { code, message } = toGantryError(error);
    return plainAnswer(
      uploadStatus[code] ?? 500,
      code in uploadStatus ? message : 'The file was not received.',
    );
  }
}

/** What the pages of the server come from and go to. */
export type HttpApp = Pick<StudioApp, 'media' | 'receive' | 'download'>;

async function answer(request: IncomingMessage, gate: Gate, rendererDir: string, app: HttpApp) {
  const target = request.url ?? '/';
  if (request.method === 'PUT') return receiveUpload(request, gate, target, app);
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    return plainAnswer(405, 'Only reading is possible here.');
  }
  return (
    login(request, gate, target) ??
    refusal(request, gate) ??
    (await answerContent(rendererDir, app.media, target))
  );
}

/** Sends the archive of a job as it is made; true when there was one to send. */
async function sendDownload(request: IncomingMessage, response: ServerResponse, gate: Gate, app: HttpApp) {
  const match = /^\/download\/([\w.-]{1,80})$/.exec(request.url ?? '');
  if (match === null || request.method !== 'GET' || refusal(request, gate) !== null) return false;
  const download = await app.download(match[1] ?? '');
  if (download === null) return false;
  response.writeHead(200, {
    ...securityHeaders,
    'Content-Type': 'application/zip',
    'Content-Length': download.bytes,
    'Content-Disposition': `attachment; filename="${download.name}"`,
    'Cache-Control': 'no-store',
  });
  // A reader that leaves, or a file that is gone, ends the connection: a cut archive is not taken for a whole one.
  await pipeline(download.stream(), response).catch(() => response.destroy());
  return true;
}

/** Handles the pages and pictures; calls go over the WebSocket. */
export function httpListener(gate: Gate, rendererDir: string, app: HttpApp): RequestListener {
  return (request: IncomingMessage, response: ServerResponse) => {
    sendDownload(request, response, gate, app)
      .then((isSent) => (isSent ? null : answer(request, gate, rendererDir, app)))
      .catch(() => plainAnswer(500, 'The picture or page could not be made.'))
      .then((result) => {
        if (result === null) return;
        // What is left of a refused upload is not waited for.
        const rest = request.complete ? {} : { Connection: 'close' };
        response.writeHead(result.status, {
          ...result.headers,
          ...rest,
          'Content-Length': result.body.byteLength,
        });
        response.end(request.method === 'HEAD' ? undefined : result.body);
      });
  };
}
