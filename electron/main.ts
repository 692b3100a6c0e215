import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as electron from 'electron';
import { toGantryError } from '../src/base/errors.ts';
import { trainingEnvironment } from '../src/base/runtime.ts';
import { openStudioApp, type StudioApp } from '../src/studio/app/index.ts';
import { showWork } from './attention.ts';
import { menuTemplate } from './menu.ts';
import { appOrigin } from './navigation.ts';
import { acceptDrops, acceptPorts } from './ports.ts';
import { declareScheme, serveScheme } from './protocol.ts';
import { confineContents, denyNetwork, denyPermissions } from './security.ts';
import { raiseSentinel } from './sentinel.ts';
import { readSettings, writeSettings } from './settings.ts';
import { trainerEntry, trainerOver } from './trainer.ts';
import { windowOptions } from './window.ts';

/** Start-up in order. What a step does stands in its own file; what only Electron can do stands here. */
const {
  app,
  BrowserWindow,
  dialog,
  ipcMain,
  Menu,
  Notification,
  powerSaveBlocker,
  protocol,
  session,
  shell,
  utilityProcess,
} = electron;
const here = fileURLToPath(new URL('.', import.meta.url));
let studio: StudioApp | undefined;
let window: electron.BrowserWindow | undefined;

// 1. One process a user: a second start shows the first one's window.
if (!app.requestSingleInstanceLock()) app.exit(0);
app.on('second-instance', () => showWindow());

// 2. Before ready: the sandbox for every renderer, our scheme, the confinement of every page.
app.enableSandbox();
declareScheme(protocol);
confineContents(app);
await app.whenReady();

// 3. The session: no permission, no network, the app's own pages only.
denyPermissions(session.defaultSession);
denyNetwork(session.defaultSession);
serveScheme(protocol, join(here, '..', 'renderer'), () => currentStudio().media);

// 4. The workspace: the last one, or a new one in the user's documents.
const settingsFile = join(app.getPath('userData'), 'settings.json');
const sentinel = raiseSentinel(join(app.getPath('userData'), 'running'));
await openWorkspace(readSettings(settingsFile).workspace ?? join(app.getPath('documents'), 'Gantry'));

// 5. The contract, the menu, the window.
acceptPorts(ipcMain, currentStudio);
acceptDrops(ipcMain, currentStudio);
Menu.setApplicationMenu(
  Menu.buildFromTemplate(
    menuTemplate(process.platform, app.isPackaged, { openWorkspace: () => void chooseWorkspace() }),
  ),
);
showWindow();

// 6. Closing a window ends nothing; quitting closes the workspace first.
app.on('activate', () => showWindow());
app.on('window-all-closed', () => {
  if (process.platform !== 'darwin') app.quit();
});
app.on('will-quit', (event) => {
  if (studio === undefined) return;
  event.preventDefault();
  const closing = studio;
  studio = undefined;
  void closing.close().finally(() => {
    sentinel.lower();
    app.quit();
  });
});

function currentStudio(): StudioApp {
  if (studio === undefined) throw new Error('No workspace is open.');
  return studio;
}

async function openWorkspace(folder: string): Promise<void> {
  try {
    const next = await openStudioApp({
      workspace: folder,
      shell: 'electron',
      create: true,
      startTrainer,
      pickPaths,
      pickFolder,
      reveal: (path) => void shell.openPath(path),
    });
    await studio?.close();
    studio = next;
    void showWork(next.follow(new AbortController().signal), { stayAwake, showProgress, notify }).catch(
      () => {},
    );
    writeSettings(settingsFile, { workspace: folder });
  } catch (error) {
    const { message, action } = toGantryError(error);
    dialog.showErrorBox(
      'The workspace cannot be opened',
      action === undefined ? message : `${message}\n${action}`,
    );
    if (studio === undefined) await chooseWorkspace();
  }
}

async function chooseWorkspace(): Promise<void> {
  const choice = await dialog.showOpenDialog({ properties: ['openDirectory', 'createDirectory'] });
  const [folder] = choice.filePaths;
  if (folder !== undefined) {
    await openWorkspace(folder);
    window?.reload();
  } else if (studio === undefined) app.exit(0);
}

/** The native dialog for what to import. One dialog cannot offer both kinds on every platform. */
async function pickPaths(kind: 'folder' | 'files'): Promise<readonly string[]> {
  const property = kind === 'folder' ? 'openDirectory' : 'openFile';
  const options = { properties: [property, 'multiSelections'] } satisfies electron.OpenDialogOptions;
  const choice = await (window === undefined
    ? dialog.showOpenDialog(options)
    : dialog.showOpenDialog(window, options));
  return choice.canceled ? [] : choice.filePaths;
}

/** The machine does not sleep while something is at work; its screen may. */
function stayAwake(): () => void {
  const id = powerSaveBlocker.start('prevent-app-suspension');
  return () => powerSaveBlocker.stop(id);
}

function showProgress(progress: number): void {
  window?.setProgressBar(progress);
}

/** A word when something has ended, unless the user is looking at the window anyway. */
function notify({ title, body }: { title: string; body: string }): void {
  if (window?.isFocused() === true || !Notification.isSupported()) return;
  const notification = new Notification({ title, body });
  notification.on('click', () => showWindow());
  notification.show();
}

/** The native dialog for a folder to write to. */
async function pickFolder(): Promise<string | undefined> {
  const options = { properties: ['openDirectory', 'createDirectory'] } satisfies electron.OpenDialogOptions;
  const choice = await (window === undefined
    ? dialog.showOpenDialog(options)
    : dialog.showOpenDialog(window, options));
  return choice.canceled ? undefined : choice.filePaths[0];
}

/** Each run has a process of its own, which may die with a driver and takes nothing with it. */
function startTrainer() {
  return trainerOver(
    utilityProcess.fork(trainerEntry, [], {
      stdio: ['ignore', 'ignore', 'pipe'],
      serviceName: 'Gantry trainer',
      env: trainingEnvironment(),
    }),
  );
}

function showWindow(): void {
  if (window !== undefined) {
    if (window.isMinimized()) window.restore();
    window.focus();
    return;
  }
  window = new BrowserWindow(windowOptions(join(here, 'preload.cjs')));
  window.once('ready-to-show', () => window?.show());
  window.on('closed', () => {
    window = undefined;
  });
  void window.loadURL(`${appOrigin}/`);
}
