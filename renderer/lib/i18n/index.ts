import { type Language, usePreferences } from '../../stores/preferences.ts';
import { en, type MessageKey } from './en.ts';
import { ja } from './ja.ts';

const tables = { en, ja } as const;

export type Fill = Readonly<Record<string, string | number>>;
export type Translate = (key: MessageKey, fill?: Fill) => string;

/** A text in one language, its {names} filled in. */
export function translate(language: Language, key: MessageKey, fill: Fill = {}): string {
  return tables[language][key].replace(/\{(\w+)\}/g, (whole, name: string) => String(fill[name] ?? whole));
}

/** The text for a key that was put together at run time, or the fallback where there is none. */
export function translateMaybe(language: Language, key: string, fallback: string): string {
  return key in en ? translate(language, key as MessageKey) : fallback;
}

/** The texts in the user's language. */
export function useText(): {
  t: Translate;
  maybe(key: string, fallback: string): string;
  language: Language;
} {
  const language = usePreferences((state) => state.language);
  return {
    t: (key, fill) => translate(language, key, fill),
    maybe: (key, fallback) => translateMaybe(language, key, fallback),
    language,
  };
}
