import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createORPCClient } from '@orpc/client';
import { RPCLink } from '@orpc/client/websocket';
import type { ContractRouterClient } from '@orpc/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import type { Contract } from '../../../src/contract/index.ts';
import { type RunningServer, startServer } from '../../../src/server/index.ts';
import { Workspace } from '../../../src/workspace/index.ts';

const folder = mkdtempSync(join(tmpdir(), 'gantry-server-'));
let server: RunningServer;
let cookie: string;

interface Reply {
  readonly status: number;
  readonly headers: Record<string, string | string[] | undefined>;
  readonly text: string;
}

/** A raw request: nothing is normalised, every header is as given. */
function ask(path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port: server.port, path, method, headers }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part) => {
        text += part;
      });
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text }),
      );
    });
    sent.on('error', reject).end();
  });
}

/** Tries to open the contract's socket; resolves to the open socket or the refusal's status. */
function open(headers: Record<string, string>): Promise<WebSocket | number> {
  const socket = new WebSocket(`ws://127.0.0.1:${server.port}/rpc`, { headers });
  return new Promise((resolve) => {
    socket.on('open', () => resolve(socket));
    socket.on('unexpected-response', (_request, response) => resolve(response.statusCode ?? 0));
    socket.on('error', () => {});
  });
}
const own = () => ({ cookie, origin: `http://127.0.0.1:${server.port}` });
async function opened(): Promise<WebSocket> {
  const socket = await open(own());
  if (typeof socket === 'number') throw new Error(`refused with ${socket}`);
  return socket;
}
const closed = (socket: WebSocket) => new Promise<number>((resolve) => socket.on('close', resolve));

beforeAll(async () => {
  Workspace.create(join(folder, 'ws')).close();
  server = await startServer({ workspace: join(folder, 'ws') });
  const reply = await ask(new URL(server.url).pathname + new URL(server.url).search);
  cookie = String(reply.headers['set-cookie']).split(';')[0] ?? '';
});
afterAll(async () => {
  await server.close();
  rmSync(folder, { recursive: true, force: true });
});

describe('the door', () => {
  it('exchanges the link for a cookie that scripts cannot read and takes the key out of the address', async () => {
    const reply = await ask(`/${new URL(server.url).search}`);
    expect(reply.status).toBe(303);
    expect(reply.headers.location).toBe('/');
    expect(String(reply.headers['set-cookie'])).toMatch(/HttpOnly; SameSite=Strict/);
    expect(String(reply.headers['set-cookie'])).not.toContain(new URL(server.url).searchParams.get('token'));
  });

  it('is closed without the cookie, for every path', async () => {
    for (const path of ['/', '/index.html', '/media/slices/1?size=96', '/assets/x.js', '/rpc', '/nothing']) {
      expect((await ask(path)).status, path).toBe(401);
    }
    expect((await ask('/?token=wrong')).status).toBe(401);
    expect((await ask('/?token=')).status).toBe(401);
    expect((await ask('/', { cookie: `${cookie.split('=')[0]}=wrong` })).status).toBe(401);
    expect((await ask('/', { cookie: 'gantry-1=x' })).status).toBe(401);
  });

  it('refuses a forged Host, with the key too', async () => {
    for (const host of ['evil.example', `evil.example:${server.port}`, '127.0.0.1.evil.example']) {
      expect((await ask('/', { cookie, host })).status).toBe(403);
      expect((await ask(`/${new URL(server.url).search}`, { host })).status).toBe(403);
    }
  });

  it('refuses a forged Origin and requests that other sites made', async () => {
    expect((await ask('/', { cookie, origin: 'http://evil.example' })).status).toBe(403);
    expect((await ask('/', { cookie, origin: 'null' })).status).toBe(403);
    expect((await ask('/', { cookie, 'sec-fetch-site': 'cross-site' })).status).toBe(403);
    expect((await ask('/', { cookie, 'sec-fetch-site': 'same-site' })).status).toBe(403);
  });

  it('lets the page in, with every security header, and only to read', async () => {
    const reply = await ask('/', { cookie });
    expect(reply.status).toBe(200);
    expect(reply.text).toContain('<div id="root">');
    expect(reply.headers['content-security-policy']).toContain("script-src 'self'");
    expect(reply.headers['x-content-type-options']).toBe('nosniff');
    expect(reply.headers['referrer-policy']).toBe('no-referrer');
    for (const method of ['POST', 'PATCH', 'DELETE', 'OPTIONS']) {
      expect((await ask('/', { cookie }, method)).status).toBe(405);
    }
    expect((await ask('/', { cookie }, 'HEAD')).text).toBe('');
  });

  it.each([
    '/../package.json',
    '/assets/../../../package.json',
    '/%2e%2e/%2e%2e/package.json',
    '/..%2f..%2fpackage.json',
    '/..%5c..%5cpackage.json',
    '/media/../../package.json',
    '/media/slices/../../secret',
    '/media/samples/run-0001/..%2f..%2fsecret',
    '/media/samples/../secret',
    '//etc/passwd',
    '/media/slices/1',
    '/media/slices/1?size=99999',
    '/media/slices/1?size=-1',
    '/media/slices/999999?size=96',
  ])('finds nothing at %s', async (path) => {
    const reply = await ask(path, { cookie });
    expect(reply.status).toBe(404);
    expect(reply.text).not.toContain('gantry-studio');
  });
});

describe('sending files', () => {
  /** PUTs a body; resolves with the status. */
  function put(path: string, headers: Record<string, string>, body: string | Buffer = 'x'): Promise<number> {
    return new Promise((resolve, reject) => {
      const sent = request(
        { host: '127.0.0.1', port: server.port, path, method: 'PUT', headers },
        (reply) => {
          reply.resume();
          resolve(reply.statusCode ?? 0);
        },
      );
      sent.on('error', reject).end(body);
    });
  }
  const staged = () => readdirSync(join(folder, 'ws')).filter((name) => name.startsWith('upload-'));

  it('is for our page alone, into an upload that it has opened, under plain names', async () => {
    const socket = await opened();
    const client: ContractRouterClient<Contract> = createORPCClient(
      new RPCLink({ websocket: socket as object as globalThis.WebSocket }),
    );
    const { uploadId } = await client.imports.beginUpload();
    const path = `/upload/${uploadId}?name=a&name=b.dcm`;
    expect(await put(path, {})).toBe(403);
    expect(await put(path, { cookie })).toBe(403);
    expect(await put(path, { origin: own().origin })).toBe(401);
    expect(await put(path, { ...own(), origin: 'http://evil.example' })).toBe(403);
    expect(await put(path, { ...own(), host: 'evil.example' })).toBe(403);
    expect(await put(path, { ...own(), 'sec-fetch-site': 'cross-site' })).toBe(403);
    expect(await put('/', own())).toBe(404);
    expect(await put('/upload/../secret', own())).toBe(404);
    expect(await put('/upload/AAAAAAAAAAAAAAAAAAAA?name=x', own())).toBe(404);
    expect(await put(`/upload/${uploadId}`, own())).toBe(400);
    for (const name of ['..', '..%2f..%2fsecret', '%2e%2e', '.', '%00', 'a%5cb']) {
      expect(await put(`/upload/${uploadId}?name=${name}`, own()), name).toBe(400);
    }
    expect(readdirSync(join(folder, 'ws', staged()[0]!))).toEqual([]);
    expect(await put(path, own(), Buffer.alloc(300_000, 7))).toBe(201);
    expect(readdirSync(join(folder, 'ws', staged()[0]!), { recursive: true }).map(String)).toContain(
      join('a', 'b.dcm'),
    );
    await client.imports.discardUpload({ uploadId });
    expect(await put(path, own())).toBe(404);
    expect(staged()).toEqual([]);
    socket.close();
  });
});

describe('the socket', () => {
  it('opens for our page alone', async () => {
    const origin = `http://127.0.0.1:${server.port}`;
    expect(await open({ cookie })).toBe(403);
    expect(await open({ origin })).toBe(401);
    expect(await open({ cookie, origin: 'http://evil.example' })).toBe(403);
    expect(await open({ cookie, origin: `http://localhost:${server.port}` })).toBe(403);
    expect(await open({ cookie, origin: 'http://evil.example', host: 'evil.example' })).toBe(403);
    (await opened()).terminate();
  });

  it('carries the typed contract, its refusals and its streams', async () => {
    const socket = await opened();
    const client: ContractRouterClient<Contract> = createORPCClient(
      new RPCLink({ websocket: socket as object as globalThis.WebSocket }),
    );
    expect(await client.app.info()).toMatchObject({ shell: 'serve', workspace: { name: 'ws' } });
    await expect(client.datasets.get({ datasetId: '7' })).rejects.toMatchObject({
      code: 'STUDIO',
      data: { code: 'NOT_FOUND' },
    });
    await expect(client.datasets.get({ datasetId: '../7' })).rejects.toMatchObject({ code: 'BAD_REQUEST' });
    const stream = await client.runs.events({});
    expect((await stream.next()).value).toEqual({ type: 'snapshot', runs: [], jobs: [] });
    await stream.return?.();
    socket.close();
  });

  it('outlives malformed and oversized messages, unknown calls and surplus fields', async () => {
    for (const message of ['', '{', '[]', 'null', '{"id":"1"}', Buffer.from([0, 255, 1, 254])]) {
      const socket = await opened();
      socket.send(message);
      expect(await closed(socket)).toBe(1007);
    }
    const large = await opened();
    large.send('x'.repeat(300 * 1024));
    expect(await closed(large)).toBe(1009);

    const socket = await opened();
    const call = (id: string, path: string, json: unknown) => {
      const answer = new Promise<string>((resolve) =>
        socket.once('message', (data) => resolve(String(data))),
      );
      socket.send(JSON.stringify({ i: id, p: { u: path, b: { json } } }));
      return answer;
    };
    expect(await call('1', '/no/such/call', null)).toContain('404');
    expect(await call('2', '/datasets/get', { datasetId: '1', path: '/etc/passwd' })).toContain(
      'BAD_REQUEST',
    );
    expect(await call('3', '/datasets/slices', { datasetId: '1', limit: 1e9 })).toContain('BAD_REQUEST');
    expect(await call('4', '/__proto__/constructor', null)).toContain('404');
    expect(await call('5', '/app/info', null)).toContain('Gantry');
    socket.close();
  });
});

describe('starting and ending', () => {
  it('says that a port is taken', async () => {
    await expect(startServer({ workspace: join(folder, 'ws'), port: server.port })).rejects.toMatchObject({
      code: 'USAGE',
    });
  });

  it('says that a folder is no workspace, and makes one that is missing', async () => {
    mkdirSync(join(folder, 'holiday'));
    writeFileSync(join(folder, 'holiday', 'beach.jpg'), '');
    await expect(startServer({ workspace: join(folder, 'holiday') })).rejects.toMatchObject({
      code: 'WORKSPACE_INVALID',
    });
    await (await startServer({ workspace: join(folder, 'missing') })).close();
    Workspace.open(join(folder, 'missing')).close();
  });

  it('ends with streams open, and twice without harm', async () => {
    const other = await startServer({ workspace: join(folder, 'ws') });
    const before = server;
    const beforeCookie = cookie;
    server = other;
    cookie = String((await ask(`/${new URL(other.url).search}`)).headers['set-cookie']).split(';')[0] ?? '';
    const socket = await opened();
    server = before;
    cookie = beforeCookie;
    const client: ContractRouterClient<Contract> = createORPCClient(
      new RPCLink({ websocket: socket as object as globalThis.WebSocket }),
    );
    const stream = await client.runs.events({});
    await stream.next();
    const next = stream.next().catch(() => ({ done: true }));
    const code = closed(socket);
    await Promise.all([other.close(), other.close()]);
    expect(await code).toBe(1001);
    expect((await next).done).toBe(true);
  });
});
