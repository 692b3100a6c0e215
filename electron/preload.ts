import { ipcRenderer } from 'electron';
import { connectChannel } from './channel.ts';

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
