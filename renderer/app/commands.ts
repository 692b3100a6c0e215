import { create } from 'zustand';
import type { MessageKey } from '../lib/i18n/en.ts';
import { useKeyDown } from '../lib/useKeyDown.ts';
import { useImportDialog } from '../stores/importDialog.ts';
import { usePreferences } from '../stores/preferences.ts';
import { go } from '../stores/route.ts';

/** Something that the user can do, shared by buttons, shortcuts and the palette. */
export interface Command {
  readonly id: string;
  readonly title: MessageKey;
  /** Key pressed together with Ctrl, or Cmd on a Mac; with shift where `shift` says so. */
  readonly key?: string;
  readonly shift?: boolean;
  run(): void;
}

interface Palette {
  readonly isOpen: boolean;
  open(): void;
  set(isOpen: boolean): void;
}

export const usePalette = create<Palette>((set) => ({
  isOpen: false,
  open: () => set({ isOpen: true }),
  set: (isOpen) => set({ isOpen }),
}));

export const commands: readonly Command[] = [
  { id: 'go-datasets', title: 'datasets.go', key: 'd', shift: true, run: () => go('datasets') },
  { id: 'go-runs', title: 'runs.go', key: 'e', shift: true, run: () => go('runs') },
  { id: 'go-compare', title: 'compare.go', run: () => go('compare') },
  { id: 'go-review', title: 'review.go', key: 'y', shift: true, run: () => go('review') },
  { id: 'go-generate', title: 'generate.go', run: () => go('generate') },
  { id: 'go-explore', title: 'explore.go', run: () => go('explore') },
  { id: 'go-evaluate', title: 'evaluate.go', run: () => go('evaluate') },
  { id: 'go-settings', title: 'settings.go', run: () => go('settings') },
  { id: 'go-help', title: 'help.go', run: () => go('help') },
  { id: 'import', title: 'import.open', key: 'u', shift: true, run: () => useImportDialog.getState().open() },
  { id: 'theme-dark', title: 'app.theme.dark', run: () => usePreferences.getState().setTheme('dark') },
  { id: 'theme-light', title: 'app.theme.light', run: () => usePreferences.getState().setTheme('light') },
];

const mac = /Mac/.test(navigator.userAgent);

/** How the platform writes a shortcut. */
export function shortcutText(key: string, shift = false): string {
  return mac
    ? `${shift ? '⇧' : ''}⌘${key.toUpperCase()}`
    : `Ctrl+${shift ? 'Shift+' : ''}${key.toUpperCase()}`;
}

/** Listens for every command's shortcut, and Ctrl+K for the palette. */
export function useShortcuts(): void {
  useKeyDown((event) => {
    if (!(mac ? event.metaKey : event.ctrlKey) || event.altKey) return;
    const key = event.key.toLowerCase();
    if (key === 'k' && !event.shiftKey) {
      event.preventDefault();
      usePalette.getState().open();
      return;
    }
    const command = commands.find((one) => one.key === key && (one.shift ?? false) === event.shiftKey);
    if (command === undefined) return;
    event.preventDefault();
    command.run();
  });
}
