/** Texts of a topic, each in English and Japanese side by side, so that neither can be forgotten. */
export type Pairs = Readonly<Record<string, readonly [english: string, japanese: string]>>;

function column<T extends Pairs>(texts: T, which: 0 | 1): { readonly [K in keyof T]: string } {
  const entries = Object.entries(texts).map(([key, pair]) => [key, pair[which]]);
  return Object.fromEntries(entries) as { readonly [K in keyof T]: string };
}

export function english<T extends Pairs>(texts: T): { readonly [K in keyof T]: string } {
  return column(texts, 0);
}

export function japanese<T extends Pairs>(texts: T): { readonly [K in keyof T]: string } {
  return column(texts, 1);
}
