import { create } from 'zustand';
import type { Picked } from '../../src/contract/index.ts';
import type { SentFile } from '../lib/upload.ts';

/** What was chosen for an import: a name for something of the host, or files that the page holds. */
export type Chosen =
  | { readonly type: 'picked'; readonly picked: Picked }
  | { readonly type: 'files'; readonly name: string; readonly files: readonly SentFile[] }
  | {
      readonly type: 'place';
      readonly placeId: string;
      readonly path: readonly string[];
      readonly name: string;
    };

interface ImportDialogStore {
  readonly isOpen: boolean;
  readonly chosen: Chosen | undefined;
  open(chosen?: Chosen): void;
  choose(chosen: Chosen | undefined): void;
  close(): void;
}

/** The import dialog can be opened from anywhere: a button, the palette, a drop. */
export const useImportDialog = create<ImportDialogStore>((set) => ({
  isOpen: false,
  chosen: undefined,
  open: (chosen) => set({ isOpen: true, chosen }),
  choose: (chosen) => set({ chosen }),
  close: () => set({ isOpen: false, chosen: undefined }),
}));
