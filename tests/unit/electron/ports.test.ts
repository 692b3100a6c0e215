import { EventEmitter } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createORPCClient } from '@orpc/client';
import { RPCLink } from '@orpc/client/message-port';
import type { ContractRouterClient } from '@orpc/contract';
import type { IpcMain } from 'electron';
import { afterAll, describe, expect, it } from 'vitest';
import { connectChannel, droppedChannel } from '../../../electron/channel.ts';
import { acceptDrops, acceptPorts, isTrustedSender } from '../../../electron/ports.ts';
import type { Contract } from '../../../src/contract/index.ts';
import { openStudioApp } from '../../../src/studio/app/index.ts';

/** Electron's MessagePortMain: an emitter whose messages wait until `start`. */
class FakePortMain extends EventEmitter {
  other: FakePortMain | undefined;
  closed = false;
  private started = false;
  private readonly waiting: unknown[] = [];
  postMessage(data: unknown): void {
    const copy = structuredClone(data);
    setImmediate(() => this.other?.receive(copy));
  }
  private receive(data: unknown): void {
    if (this.started) this.emit('message', { data, ports: [] });
    else this.waiting.push(data);
  }
  start(): void {
    this.started = true;
    for (const data of this.waiting.splice(0)) this.emit('message', { data, ports: [] });
  }
  close(): void {
    this.closed = true;
    this.emit('close');
    this.other?.emit('close');
  }
}

function channel(): [FakePortMain, FakePortMain] {
  const ends: [FakePortMain, FakePortMain] = [new FakePortMain(), new FakePortMain()];
  ends[0].other = ends[1];
  ends[1].other = ends[0];
  return ends;
}

const folder = mkdtempSync(join(tmpdir(), 'gantry-ports-'));
const app = await openStudioApp({ workspace: join(folder, 'ws'), shell: 'electron', create: true });
afterAll(async () => {
  await app.close();
  rmSync(folder, { recursive: true, force: true });
});
const ipcMain = new EventEmitter();
acceptPorts(ipcMain as object as Pick<IpcMain, 'on'>, () => app);

describe('message ports', () => {
  it('carry the contract for the top frame of the app', async () => {
    const [page, main] = channel();
    ipcMain.emit(connectChannel, {
      ports: [main],
      senderFrame: { parent: null, url: 'app://gantry/#/runs' },
    });
    page.start();
    const client: ContractRouterClient<Contract> = createORPCClient(new RPCLink({ port: page }));
    expect(await client.app.info()).toMatchObject({
      name: 'Gantry',
      shell: 'electron',
      workspace: { name: 'ws' },
    });
    expect(await client.datasets.list()).toEqual([]);
    await expect(client.runs.get({ runId: 'run-0009' })).rejects.toMatchObject({
      code: 'STUDIO',
      data: { code: 'NOT_FOUND' },
    });
    const stream = await client.runs.events({});
    expect(await stream.next()).toEqual({ done: false, value: { type: 'snapshot', runs: [], jobs: [] } });
    await stream.return?.();
    page.close();
  });

  it.each([
    { parent: null, url: 'https://example.org/' },
    { parent: { url: 'app://gantry/' }, url: 'app://gantry/' },
    null,
  ])('of other senders are closed: %j', (senderFrame) => {
    const [, main] = channel();
    ipcMain.emit(connectChannel, { ports: [main], senderFrame });
    expect(main.closed).toBe(true);
  });

  it('may be left out without harm', () => {
    expect(() => ipcMain.emit(connectChannel, { ports: [], senderFrame: null })).not.toThrow();
    expect(isTrustedSender({ senderFrame: null })).toBe(false);
  });
});

describe('files dropped on the window', () => {
  it('are taken from the top frame of the app, as a list of paths and nothing else', () => {
    const drops = new EventEmitter();
    const taken: (readonly string[])[] = [];
    acceptDrops(drops as object as Pick<IpcMain, 'on'>, () => ({ dropped: (paths) => taken.push(paths) }));
    const own = { senderFrame: { parent: null, url: 'app://gantry/' } };
    drops.emit(droppedChannel, { senderFrame: null }, ['/scans']);
    drops.emit(droppedChannel, { senderFrame: { parent: null, url: 'https://evil.example/' } }, ['/scans']);
    drops.emit(droppedChannel, { senderFrame: { parent: {}, url: 'app://gantry/' } }, ['/scans']);
    for (const bad of ['/scans', [], [1], [''], null, { paths: ['/scans'] }])
      drops.emit(droppedChannel, own, bad);
    expect(taken).toEqual([]);
    drops.emit(droppedChannel, own, ['/scans', '/more']);
    expect(taken).toEqual([['/scans', '/more']]);
  });
});
