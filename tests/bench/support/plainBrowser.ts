import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { type Browser, chromium } from 'playwright-core';
import { browserPath, quiet } from '../../e2e/support/browser.ts';
import { pageProcess } from './browserMemory.ts';

type Params = Readonly<Record<string, unknown>>;

/**
 * A browser that nobody watches. Playwright keeps the bodies of all answers inside the page's process, tens of MB of
 * them; for a measurement of memory it may prepare the page, but it must be gone before the first figure.
 */
export interface PlainBrowser {
  /** Playwright over the same browser. Disconnect it, by close(), before `attach`. */
  connect(): Promise<Browser>;
  attach(): Promise<PlainPage>;
  close(): Promise<void>;
}

/** The browser's one page by Chrome's protocol alone. */
export interface PlainPage {
  send(method: string, params?: Params): Promise<Params>;
  /** The value of an expression or of the promise that it gives. */
  evaluate(expression: string): Promise<unknown>;
  press(key: string): Promise<void>;
  /** Process of the page (Linux: /proc holds its memory). */
  readonly pid: number;
}

export async function openPlainBrowser(width: number, height: number): Promise<PlainBrowser> {
  const profile = mkdtempSync(join(tmpdir(), 'gantry-browser-'));
  const own = ['--remote-debugging-port=0', `--user-data-dir=${profile}`, `--window-size=${width},${height}`];
  const child = spawn(browserPath ?? '', [...quiet, ...own, 'about:blank'], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let address: string | undefined;
  for await (const line of createInterface({ input: child.stderr })) {
    address = /^DevTools listening on (ws:\S+)/.exec(line)?.[1];
    if (address !== undefined) break;
  }
  child.stderr.resume();
  if (address === undefined) throw new Error('The browser did not start.');
  const endpoint = address;
  return {
    connect: () => chromium.connectOverCDP(endpoint),
    attach: () => attach(endpoint),
    async close() {
      child.kill();
      await once(child, 'exit');
      rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

async function attach(address: string): Promise<PlainPage> {
  const socket = new WebSocket(address);
  await new Promise((resolve, reject) => {
    socket.addEventListener('open', resolve, { once: true });
    socket.addEventListener('error', reject, { once: true });
  });
  const waiting = new Map<number, { resolve(value: Params): void; reject(error: Error): void }>();
  socket.addEventListener('message', ({ data }) => {
    const { id, result, error } = JSON.parse(String(data)) as {
      id?: number;
      result?: Params;
      error?: { message: string };
    };
    const call = waiting.get(id ?? -1);
    waiting.delete(id ?? -1);
    if (error !== undefined) call?.reject(new Error(error.message));
    else call?.resolve(result ?? {});
  });
  let last = 0;
  const call = (method: string, params: Params, sessionId?: string) =>
    new Promise<Params>((resolve, reject) => {
      const id = ++last;
      waiting.set(id, { resolve, reject });
      socket.send(JSON.stringify({ id, method, params, ...(sessionId === undefined ? {} : { sessionId }) }));
    });
  const { targetInfos } = (await call('Target.getTargets', {})) as {
    targetInfos: { targetId: string; type: string; url: string }[];
  };
  const target = targetInfos.find(({ type, url }) => type === 'page' && url.startsWith('http'));
  if (target === undefined) throw new Error('The browser shows no page of the app.');
  const { targetId } = target;
  const { sessionId } = (await call('Target.attachToTarget', { targetId, flatten: true })) as {
    sessionId: string;
  };
  const { processInfo } = (await call('SystemInfo.getProcessInfo', {})) as {
    processInfo: { type: string; id: number; cpuTime: number }[];
  };
  const send = (method: string, params: Params = {}) => call(method, params, sessionId);
  return {
    pid: pageProcess(processInfo),
    send,
    async evaluate(expression) {
      const answer = await send('Runtime.evaluate', { expression, awaitPromise: true, returnByValue: true });
      const { result, exceptionDetails } = answer as {
        result: { value?: unknown };
        exceptionDetails?: { text: string };
      };
      if (exceptionDetails !== undefined) throw new Error(exceptionDetails.text);
      return result.value;
    },
    async press(key) {
      const text = key.length === 1 ? { text: key } : {};
      await send('Input.dispatchKeyEvent', {
        type: key.length === 1 ? 'keyDown' : 'rawKeyDown',
        key,
        ...text,
      });
      await send('Input.dispatchKeyEvent', { type: 'keyUp', key });
    },
  };
}
