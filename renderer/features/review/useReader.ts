import { create } from 'zustand';

const place = 'reader-code';
export const readerPattern = /^[A-Za-z0-9-]{1,12}$/;

function stored(): string {
  try {
    const code = localStorage.getItem(place) ?? '';
    return readerPattern.test(code) ? code : '';
  } catch {
    return '';
  }
}

/** Who is at this screen, as a code. */
export const useReader = create<{ code: string; set(code: string): void }>((set) => ({
  code: stored(),
  set(code) {
    try {
      localStorage.setItem(place, code);
    } catch {
      // It is asked for again after the page is closed.
    }
    set({ code });
  },
}));
