import { create } from 'zustand';

export type Theme = 'dark' | 'light';
export type Language = 'en' | 'ja';

interface Preferences {
  readonly theme: Theme;
  readonly language: Language;
  setTheme(theme: Theme): void;
  setLanguage(language: Language): void;
}

function stored(name: string): string | null {
  try {
    return localStorage.getItem(name);
  } catch {
    return null;
  }
}

function keep(name: string, value: string): void {
  try {
    localStorage.setItem(name, value);
  } catch {
    // A browser that keeps nothing still shows the app.
  }
}

function show(theme: Theme, language: Language): void {
  document.documentElement.dataset.theme = theme;
  document.documentElement.lang = language;
}

const theme: Theme = stored('theme') === 'light' ? 'light' : 'dark';
const wanted = stored('language') ?? navigator.language;
const language: Language = wanted.startsWith('ja') ? 'ja' : 'en';
show(theme, language);

/** How this user likes the app; kept by the browser or the window, not in the workspace. */
export const usePreferences = create<Preferences>((set, get) => ({
  theme,
  language,
  setTheme(next) {
    keep('theme', next);
    show(next, get().language);
    set({ theme: next });
  },
  setLanguage(next) {
    keep('language', next);
    show(get().theme, next);
    set({ language: next });
  },
}));
