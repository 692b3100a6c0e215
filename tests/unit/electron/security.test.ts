import { EventEmitter } from 'node:events';
import type { App, Session } from 'electron';
import { describe, expect, it } from 'vitest';
import { confineContents, denyNetwork, denyPermissions } from '../../../electron/security.ts';
import { windowOptions } from '../../../electron/window.ts';
import { FakeEvent, FakeSession, FakeWebContents } from './double.ts';

/** The double stands where Electron's class is wanted: the one place where the two meet. */
const asSession = (session: FakeSession) => session as object as Session;

describe('permissions', () => {
  const session = new FakeSession();
  denyPermissions(asSession(session));

  it.each(['media', 'geolocation', 'notifications', 'clipboard-read', 'fullscreen', 'hid', 'unknown-yet'])(
    'refuses %s',
    (permission) => {
      let answer: boolean | undefined;
      session.permissionRequest?.(null, permission, (ok) => {
        answer = ok;
      });
      expect(answer).toBe(false);
    },
  );

  it('refuses checks, devices, USB classes and screen capture', () => {
    expect(session.permissionCheck?.()).toBe(false);
    expect(session.devicePermission?.()).toBe(false);
    expect(session.usbProtected?.({ protectedClasses: ['audio', 'hid'] })).toEqual(['audio', 'hid']);
    expect(session.displayMedia).toBeNull();
  });
});

describe('network', () => {
  const session = new FakeSession();
  denyNetwork(asSession(session));
  const cancels = (url: string) => {
    let cancel: boolean | undefined;
    session.beforeRequest?.({ url }, (result) => {
      cancel = result.cancel;
    });
    return cancel;
  };

  it('lets only the app’s own pages through', () => {
    expect(cancels('app://gantry/assets/index.js')).toBe(false);
    expect(cancels('https://example.org/')).toBe(true);
    expect(cancels('http://127.0.0.1:9222/')).toBe(true);
    expect(cancels('file:///etc/passwd')).toBe(true);
    expect(cancels('ws://127.0.0.1/')).toBe(true);
  });

  it('refuses downloads', () => {
    const event = new FakeEvent();
    session.emit('will-download', event);
    expect(event.defaultPrevented).toBe(true);
  });
});

describe('pages', () => {
  const app = new EventEmitter();
  confineContents(app as object as Pick<App, 'on'>);
  const contents = new FakeWebContents();
  app.emit('web-contents-created', {}, contents);

  it.each(['will-navigate', 'will-frame-navigate', 'will-redirect'])(
    'refuses to leave the app by %s',
    (kind) => {
      expect(contents.refuses(kind, 'https://example.org/')).toBe(true);
      expect(contents.refuses(kind, 'file:///etc/passwd')).toBe(true);
      expect(contents.refuses(kind, 'app://gantry/')).toBe(false);
    },
  );

  it('refuses embedded views and every new window, the app’s own too', () => {
    expect(contents.refuses('will-attach-webview', 'app://gantry/')).toBe(true);
    for (const url of ['https://example.org/', 'app://gantry/', 'about:blank']) {
      expect(contents.openHandler?.({ url })).toEqual({ action: 'deny' });
    }
  });
});

describe('window options', () => {
  it('are those of Electron’s security checklist', () => {
    expect(windowOptions('/preload.cjs').webPreferences).toMatchObject({
      contextIsolation: true,
      sandbox: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webSecurity: true,
      allowRunningInsecureContent: false,
      experimentalFeatures: false,
      webviewTag: false,
    });
  });
});
