import { ipcRenderer, webUtils } from 'electron';
import { connectChannel, droppedChannel } from './channel.ts';

/**
 * All that a page can reach: it may hand one end of a message port to the main process, which then speaks
 * the contract over it. No function and no object of Electron or Node enters the page.
 */
window.addEventListener('message', (event) => {
  const [port] = event.ports;
  if (event.source === window && event.data === connectChannel && port !== undefined) {
    ipcRenderer.postMessage(connectChannel, null, [port]);
  }
});

/**
 * Paths of what the user drops go to the main process from here, past the page. An event that a script made is
 * not trusted, and a file that a script made has no path.
 */
window.addEventListener('drop', (event) => {
  if (!event.isTrusted) return;
  const files = [...(event.dataTransfer?.files ?? [])];
  const paths = files.map((file) => webUtils.getPathForFile(file)).filter((path) => path !== '');
  if (paths.length > 0) ipcRenderer.send(droppedChannel, paths);
});
