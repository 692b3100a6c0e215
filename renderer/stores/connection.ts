import { create } from 'zustand';

export type ConnectionState = 'connecting' | 'online' | 'offline';

/** Whether the studio answers. */
export const useConnection = create<{ state: ConnectionState; set(state: ConnectionState): void }>((set) => ({
  state: 'connecting',
  set: (state) => set({ state }),
}));
