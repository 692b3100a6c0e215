import { create } from 'zustand';
import type { Failure } from './resource.ts';

export type ConnectionState = 'connecting' | 'online' | 'offline';

interface Connection {
  /** Whether the studio answers. */
  readonly state: ConnectionState;
  /** What is wrong with the folder of the workspace; undefined while it is there. */
  readonly gone: Failure | undefined;
  /** How often the folder has come back: what is on show is asked for anew then. */
  readonly returns: number;
  set(state: ConnectionState): void;
  setGone(failure: Failure | undefined): void;
}

export const useConnection = create<Connection>((set) => ({
  state: 'connecting',
  gone: undefined,
  returns: 0,
  set: (state) => set({ state }),
  setGone: (gone) =>
    set((before) => ({
      gone,
      returns: before.gone !== undefined && gone === undefined ? before.returns + 1 : before.returns,
    })),
}));
