import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { createORPCClient } from '@orpc/client';
import { RPCLink } from '@orpc/client/websocket';
import type { ContractRouterClient } from '@orpc/contract';
import { WebSocket } from 'ws';
import type { Contract } from '../../src/contract/index.ts';

/** An answer of the studio with all that a wire shows of it beside its content. */
export interface WireReply {
  readonly status: number;
  /** Header lines as they came, but for the date. */
  readonly headers: string;
  readonly headerBytes: number;
  readonly body: Buffer;
  readonly firstByteMs: number;
  readonly wholeMs: number;
}

export interface StudioClient {
  readonly calls: ContractRouterClient<Contract>;
  get(path: string): Promise<WireReply>;
  close(): void;
}

/** A page's way to the studio without a browser: the session's cookie, calls over the socket, files over HTTP. */
export async function connectStudio(url: string): Promise<StudioClient> {
  const { hostname, port, pathname, search, origin } = new URL(url);
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const ask = (path: string, headers: Record<string, string>) =>
    new Promise<WireReply & { readonly cookie: string }>((resolve, reject) => {
      const began = performance.now();
      const sent = request({ hostname, port, path, headers, agent }, (response) => {
        const firstByteMs = performance.now() - began;
        const parts: Buffer[] = [];
        response.on('data', (part: Buffer) => parts.push(part));
        response.on('end', () => {
          const raw = response.rawHeaders;
          const lines = raw.flatMap((name, i) =>
            i % 2 === 0 && name.toLowerCase() !== 'date' ? [`${name}: ${raw[i + 1]}`] : [],
          );
          resolve({
            status: response.statusCode ?? 0,
            headers: lines.join('\n'),
            headerBytes: raw.reduce((sum, text) => sum + text.length, 0),
            body: Buffer.concat(parts),
            firstByteMs,
            wholeMs: performance.now() - began,
            cookie: (response.headers['set-cookie'] ?? [''])[0]!.split(';')[0]!,
          });
        });
      });
      sent.on('error', reject).end();
    });
  const { cookie } = await ask(pathname + search, {});
  const socket = new WebSocket(`ws://${hostname}:${port}/rpc`, { headers: { cookie, origin } });
  await once(socket, 'open');
  const calls: ContractRouterClient<Contract> = createORPCClient(
    new RPCLink({ websocket: socket as object as globalThis.WebSocket }),
  );
  return {
    calls,
    get: (path) => ask(path, { cookie }),
    close: () => {
      socket.terminate();
      agent.destroy();
    },
  };
}
