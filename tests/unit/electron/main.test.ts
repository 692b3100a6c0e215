import { EventEmitter } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it, vi } from 'vitest';
import { FakeApp, FakeEvent, FakeProtocol, FakeSession, FakeWebContents, FakeWindow } from './double.ts';

const folder = mkdtempSync(join(tmpdir(), 'gantry-main-'));
const fake = {
  app: new FakeApp({ userData: join(folder, 'user'), documents: join(folder, 'documents') }),
  protocol: new FakeProtocol(),
  session: { defaultSession: new FakeSession() },
  ipcMain: new EventEmitter(),
  utilityProcess: {},
  shell: {},
  powerSaveBlocker: {},
  Notification: { isSupported: () => false },
  BrowserWindow: FakeWindow,
  dialog: {
    errors: [] as string[],
    showErrorBox(_title: string, text: string) {
      this.errors.push(text);
    },
    showOpenDialog: async () => ({ filePaths: [] as string[] }),
  },
  Menu: {
    menu: undefined as unknown,
    buildFromTemplate: (template: unknown) => template,
    setApplicationMenu(menu: unknown) {
      this.menu = menu;
    },
  },
};
vi.mock('electron', () => fake);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('starts up in order, shows one window on the app’s own page, and quits when the workspace is closed', async () => {
  await import('../../../electron/main.ts');

  // The sandbox and the scheme come before the app is ready; both are ignored by Electron afterwards.
  expect(fake.app.calls).toEqual(['lock', 'sandbox', 'ready']);
  expect(fake.protocol.schemes.map(({ scheme }) => scheme)).toEqual(['app']);
  expect(fake.session.defaultSession.permissionCheck?.()).toBe(false);
  expect(fake.Menu.menu).toBeDefined();
  expect(fake.dialog.errors).toEqual([]);

  // A first start makes a workspace in the documents.
  expect(existsSync(join(folder, 'documents', 'Gantry', 'workspace.db'))).toBe(true);
  expect(existsSync(join(folder, 'user', 'running'))).toBe(true);

  const [window] = FakeWindow.all;
  expect(window?.url).toBe('app://gantry/');
  await vi.waitFor(() => expect(window?.shown).toBe(true));
  const contents = new FakeWebContents();
  fake.app.emit('web-contents-created', {}, contents);
  expect(contents.refuses('will-navigate', 'https://example.org/')).toBe(true);

  // A second start only brings the window to the front.
  fake.app.emit('second-instance');
  expect(FakeWindow.all).toHaveLength(1);
  expect(window?.focused).toBe(1);

  // Quitting waits for the workspace and lowers the sentinel.
  const quit = new FakeEvent();
  fake.app.emit('will-quit', quit);
  expect(quit.defaultPrevented).toBe(true);
  await vi.waitFor(() => expect(fake.app.exited).toBe(0));
  expect(existsSync(join(folder, 'user', 'running'))).toBe(false);
});
