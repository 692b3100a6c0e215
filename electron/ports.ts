import { RPCHandler } from '@orpc/server/message-port';
import type { IpcMain, IpcMainEvent } from 'electron';
import { z } from 'zod';
import type { StudioApp } from '../src/studio/app/index.ts';
import { connectChannel, droppedChannel } from './channel.ts';
import { isAppUrl } from './navigation.ts';

/** True when a message comes from the top frame of a page of the app. */
export function isTrustedSender(event: Pick<IpcMainEvent, 'senderFrame'>): boolean {
  const frame = event.senderFrame;
  return frame !== null && frame.parent === null && isAppUrl(frame.url);
}

/** Speaks the contract over every port that a page of the app hands over; closes others. */
export function acceptPorts(ipcMain: Pick<IpcMain, 'on'>, current: () => StudioApp): void {
  ipcMain.on(connectChannel, (event) => {
    const [port] = event.ports;
    if (port === undefined) return;
    if (!isTrustedSender(event)) {
      port.close();
      return;
    }
    new RPCHandler(current().router).upgrade(port, { context: {} });
    port.start();
  });
}

const droppedSchema = z.array(z.string().min(1).max(32_768)).min(1).max(10_000);

/** Takes the paths that the preload found behind a drop, from pages of the app alone. */
export function acceptDrops(ipcMain: Pick<IpcMain, 'on'>, current: () => Pick<StudioApp, 'dropped'>): void {
  ipcMain.on(droppedChannel, (event, paths: unknown) => {
    const parsed = droppedSchema.safeParse(paths);
    if (isTrustedSender(event) && parsed.success) current().dropped(parsed.data);
  });
}
