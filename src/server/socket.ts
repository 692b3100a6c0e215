import { type IncomingMessage, type Server, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { RPCHandler } from '@orpc/server/ws';
import { type WebSocket, WebSocketServer } from 'ws';
import type { StudioApp } from '../studio/app/index.ts';
import { CallSocket } from './callSocket.ts';
import { isSameOrigin } from './guard.ts';
import { type Gate, refusal } from './http.ts';

/** Largest message that a page may send; calls are small, pictures never travel here. */
const maxMessageBytes = 256 * 1024;
const maxSockets = 32;
const heartbeatMs = 20_000;

function refuseUpgrade(socket: Duplex, status: number): void {
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}

/**
 * Carries the contract over WebSocket at `/rpc`, for pages that hold the session and come from our origin.
 *
 * @returns a function that closes every connection
 */
export function serveSocket(server: Server, gate: Gate, app: StudioApp): () => Promise<void> {
  const sockets = new WebSocketServer<typeof CallSocket>({
    noServer: true,
    maxPayload: maxMessageBytes,
    perMessageDeflate: false,
    clientTracking: true,
    WebSocket: CallSocket,
  });
  const handler = new RPCHandler(app.router);
  const answered = new WeakSet<WebSocket>();

  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on('error', () => socket.destroy());
    const { host, origin } = request.headers;
    if (request.url !== '/rpc') return refuseUpgrade(socket, 404);
    // A browser always names the origin of a WebSocket; whoever leaves it out is not our page.
    if (!isSameOrigin(origin, host)) return refuseUpgrade(socket, 403);
    const refused = refusal(request, gate);
    if (refused !== null) return refuseUpgrade(socket, refused.status);
    if (sockets.clients.size >= maxSockets) return refuseUpgrade(socket, 503);
    sockets.handleUpgrade(request, socket, head, (peer) => {
      answered.add(peer);
      peer.on('pong', () => answered.add(peer));
      // A malformed or oversized frame ends this connection, not the app.
      peer.on('error', () => peer.terminate());
      void handler.upgrade(peer, { context: {} });
    });
  });

  const heartbeat = setInterval(() => {
    for (const peer of sockets.clients) {
      if (!answered.delete(peer)) peer.terminate();
      else peer.ping();
    }
  }, heartbeatMs);
  heartbeat.unref();

  return async () => {
    clearInterval(heartbeat);
    for (const peer of sockets.clients) peer.close(1001, 'The server ends.');
    await new Promise<void>((resolve) => {
      const last = setTimeout(() => {
        for (const peer of sockets.clients) peer.terminate();
        resolve();
      }, 1000);
      sockets.close(() => {
        clearTimeout(last);
        resolve();
      });
    });
  };
}
