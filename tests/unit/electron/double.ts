import { EventEmitter } from 'node:events';

/**
 * A small double of the parts of Electron that the shell uses, as its documentation describes them: which
 * calls exist, what they are given, when an answer counts. Used where the binary cannot start; the same
 * shell runs in tests/e2e/electron.test.ts where it can.
 */

/** Answers of a request for permission, as the session would get them. */
export class FakeSession extends EventEmitter {
  permissionRequest: ((contents: unknown, permission: string, answer: (ok: boolean) => void) => void) | null =
    null;
  permissionCheck: (() => boolean) | null = null;
  devicePermission: (() => boolean) | null = null;
  usbProtected: ((details: { protectedClasses: string[] }) => string[]) | null = null;
  displayMedia: unknown = 'unset';
  beforeRequest: ((details: { url: string }, answer: (result: { cancel?: boolean }) => void) => void) | null =
    null;
  readonly webRequest = {
    onBeforeRequest: (listener: NonNullable<FakeSession['beforeRequest']>) => {
      this.beforeRequest = listener;
    },
  };

  setPermissionRequestHandler(handler: NonNullable<FakeSession['permissionRequest']>): void {
    this.permissionRequest = handler;
  }
  setPermissionCheckHandler(handler: () => boolean): void {
    this.permissionCheck = handler;
  }
  setDevicePermissionHandler(handler: () => boolean): void {
    this.devicePermission = handler;
  }
  setUSBProtectedClassesHandler(handler: NonNullable<FakeSession['usbProtected']>): void {
    this.usbProtected = handler;
  }
  setDisplayMediaRequestHandler(handler: unknown): void {
    this.displayMedia = handler;
  }
}

/** An event whose default can be prevented, with the address that it is about. */
export class FakeEvent {
  readonly url: string;
  defaultPrevented = false;
  constructor(url = '') {
    this.url = url;
  }
  preventDefault(): void {
    this.defaultPrevented = true;
  }
}

export class FakeWebContents extends EventEmitter {
  openHandler: ((details: { url: string }) => { action: string }) | null = null;
  setWindowOpenHandler(handler: NonNullable<FakeWebContents['openHandler']>): void {
    this.openHandler = handler;
  }
  /** What the page would get for a wish to go somewhere: true when the default was prevented. */
  refuses(kind: string, url: string): boolean {
    const event = new FakeEvent(url);
    this.emit(kind, event);
    return event.defaultPrevented;
  }
}

export class FakeWindow extends EventEmitter {
  static readonly all: FakeWindow[] = [];
  readonly options: Record<string, unknown>;
  readonly webContents = new FakeWebContents();
  url = '';
  shown = false;
  focused = 0;
  reloads = 0;
  constructor(options: Record<string, unknown>) {
    super();
    this.options = options;
    FakeWindow.all.push(this);
  }
  async loadURL(url: string): Promise<void> {
    this.url = url;
    queueMicrotask(() => this.emit('ready-to-show'));
  }
  show(): void {
    this.shown = true;
  }
  focus(): void {
    this.focused++;
  }
  isMinimized(): boolean {
    return false;
  }
  restore(): void {}
  focusedNow = false;
  progress: number[] = [];
  isFocused(): boolean {
    return this.focusedNow;
  }
  setProgressBar(value: number): void {
    this.progress.push(value);
  }
  reload(): void {
    this.reloads++;
  }
}

export class FakeProtocol {
  schemes: { scheme: string; privileges: Record<string, boolean> }[] = [];
  handlers = new Map<string, (request: Request) => Promise<Response>>();
  registerSchemesAsPrivileged(schemes: FakeProtocol['schemes']): void {
    this.schemes = schemes;
  }
  handle(scheme: string, handler: (request: Request) => Promise<Response>): void {
    this.handlers.set(scheme, handler);
  }
}

/** `app`: quitting asks `will-quit` first, and a prevented one goes no further. */
export class FakeApp extends EventEmitter {
  readonly paths: Record<string, string>;
  readonly calls: string[] = [];
  readonly isPackaged = true;
  hasLock = true;
  exited: number | undefined;
  constructor(paths: Record<string, string>) {
    super();
    this.paths = paths;
  }
  requestSingleInstanceLock(): boolean {
    this.calls.push('lock');
    return this.hasLock;
  }
  enableSandbox(): void {
    this.calls.push('sandbox');
  }
  async whenReady(): Promise<void> {
    this.calls.push('ready');
  }
  getPath(name: string): string {
    return this.paths[name] ?? '';
  }
  exit(code: number): void {
    this.exited = code;
  }
  quit(): void {
    const event = new FakeEvent();
    this.emit('will-quit', event);
    if (!event.defaultPrevented) this.exited = 0;
  }
}
