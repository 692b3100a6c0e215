import { randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { GantryError, toGantryError } from '../base/errors.ts';
import { openStudioApp } from '../studio/app/index.ts';
import { type Gate, httpListener } from './http.ts';
import { openInBrowser } from './open.ts';
import { ensureRenderer } from './renderer.ts';
import { serveSocket } from './socket.ts';

export interface ServeOptions {
  /** Folder of the workspace. */
  readonly workspace: string;
  /** 0 or left out: any free port. */
  readonly port?: number;
  /** Folders of this machine that the page may import from. */
  readonly allow?: readonly string[];
  /** Opens the page in the user's browser. */
  readonly open?: boolean;
  /** Told of slow preparations, in a sentence. */
  readonly onNotice?: (text: string) => void;
}

export interface RunningServer {
  /** The link with its key; whoever has it may use the workspace. */
  readonly url: string;
  readonly port: number;
  /** Ends every connection and stream, then resolves. */
  close(): Promise<void>;
}

function listen(server: ReturnType<typeof createServer>, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') {
        const action = 'Choose another with --port, or leave it out for any free one.';
        reject(new GantryError('USAGE', `Port ${port} is in use.`, { action, cause: error }));
      } else reject(toGantryError(error));
    });
    server.listen({ host: '127.0.0.1', port, exclusive: true }, () =>
      resolve((server.address() as AddressInfo).port),
    );
  });
}

/**
 * Serves the app in a browser on this machine: 127.0.0.1 only, behind a link with a random key.
 *
 * @throws GantryError USAGE when the port is taken, and whatever opening the workspace throws
 */
export async function startServer(options: ServeOptions): Promise<RunningServer> {
  const rendererDir = await ensureRenderer(options.onNotice ?? (() => {}));
  const app = await openStudioApp({
    workspace: options.workspace,
    shell: 'serve',
    create: true,
    allow: options.allow ?? [],
  });
  try {
    const server = createServer({ requestTimeout: 0, headersTimeout: 10_000, maxHeaderSize: 16_384 });
    const port = await listen(server, options.port ?? 0);
    const secret = () => randomBytes(32).toString('base64url');
    const gate: Gate = { token: secret(), session: secret(), cookieName: `gantry-${port}` };
    server.on('request', httpListener(gate, rendererDir, app));
    const closeSockets = serveSocket(server, gate, app);
    const url = `http://127.0.0.1:${port}/?token=${gate.token}`;
    if (options.open === true) openInBrowser(url);
    let closing: Promise<void> | undefined;
    const close = async () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      await closeSockets();
      server.closeAllConnections();
      await closed;
      await app.close();
    };
    return {
      url,
      port,
      close: () => {
        closing ??= close();
        return closing;
      },
    };
  } catch (error) {
    await app.close();
    throw error;
  }
}
