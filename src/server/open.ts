import { spawn } from 'node:child_process';

const openers: Partial<Record<NodeJS.Platform, readonly [string, ...string[]]>> = {
  darwin: ['open'],
  win32: ['rundll32', 'url.dll,FileProtocolHandler'],
};

/** Opens a link in the user's browser where there is one; the link is printed anyway. */
export function openInBrowser(url: string): void {
  const [command, ...before] = openers[process.platform] ?? ['xdg-open'];
  const child = spawn(command, [...before, url], { stdio: 'ignore', detached: true });
  // No browser on this machine is an ordinary case: the user comes through a tunnel.
  child.on('error', () => {});
  child.unref();
}
