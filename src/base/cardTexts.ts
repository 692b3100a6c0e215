/**
 * What the makers of a model say of it in their own words: plain text, empty where nothing was said. Gantry
 * writes none of it by itself, because it would claim what nobody measured.
 */
export interface CardTexts {
  readonly intendedUse: string;
  readonly forbiddenUse: string;
  /** A role or a department ("imaging research group"), not a person. */
  readonly contact: string;
  readonly notes: string;
}

/** Most letters of each text. */
export const cardTextLimits = {
  intendedUse: 2000,
  forbiddenUse: 2000,
  contact: 200,
  notes: 4000,
} as const satisfies Record<keyof CardTexts, number>;

export const cardTextNames = Object.keys(cardTextLimits) as readonly (keyof CardTexts)[];

export const noCardTexts: CardTexts = { intendedUse: '', forbiddenUse: '', contact: '', notes: '' };

/** The text as it is kept: no control characters but line ends, nothing around it. */
export function tidyCardText(text: string): string {
  return (
    text
      .replace(/\r\n?/g, '\n')
      // biome-ignore lint/suspicious/noControlCharactersInRegex: it is these that go
      .replace(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2066-\u2069]+/g, ' ')
      .trim()
  );
}
