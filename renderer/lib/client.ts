import { type ClientLink, createORPCClient } from '@orpc/client';
import { RPCLink as PortLink } from '@orpc/client/message-port';
import { RPCLink as SocketLink } from '@orpc/client/websocket';
import type { ContractRouterClient } from '@orpc/contract';
import type { Contract } from '../../src/contract/index.ts';
import { useConnection } from '../stores/connection.ts';

/**
 * The typed contract, over a message port in Electron and a WebSocket in a browser. When the connection
 * breaks, calls fail at once and a new one is tried, more and more slowly.
 */

type Link = ClientLink<Record<never, never>>;

let link: Link | undefined;
const waiting = new Set<() => void>();

/** Same word as electron/channel.ts; the preload script listens for it. */
const connectMessage = 'gantry:connect';

function ready(next: Link): void {
  link = next;
  useConnection.getState().set('online');
  for (const go of waiting) go();
  waiting.clear();
}

function connectPort(): void {
  const { port1, port2 } = new MessageChannel();
  window.postMessage(connectMessage, location.origin, [port2]);
  port1.start();
  ready(new PortLink({ port: port1 }));
}

function connectSocket(attempt: number): void {
  const socket = new WebSocket(`ws://${location.host}/rpc`);
  let opened = false;
  socket.addEventListener('open', () => {
    opened = true;
    ready(new SocketLink({ websocket: socket }));
  });
  socket.addEventListener('close', () => {
    link = undefined;
    const failures = opened ? 0 : attempt + 1;
    useConnection.getState().set(failures > 2 ? 'offline' : 'connecting');
    setTimeout(connectSocket, Math.min(10_000, 250 * 2 ** failures), failures);
  });
}

export function connect(): void {
  if (location.protocol === 'app:') connectPort();
  else connectSocket(0);
}

/** Resolves when calls can be made. */
export function connected(): Promise<void> {
  return link === undefined ? new Promise((resolve) => waiting.add(resolve)) : Promise.resolve();
}

const current: Link = {
  async call(path, input, options) {
    await connected();
    if (link === undefined) throw new Error('There is no connection to the studio.');
    return link.call(path, input, options);
  },
};

export const client: ContractRouterClient<Contract> = createORPCClient(current);
