import type { Figures } from './results.ts';

const percent = (value: number) => `${(value * 100).toFixed(1)} %`;
const pValue = (p: number) => (p < 0.001 ? 'p < 0.001' : `p = ${p.toFixed(3)}`);

/** What the equivalence test allows to be said, as plain text; nothing more may be. */
export function conclusionOf({ equivalence, accuracy }: Pick<Figures, 'equivalence' | 'accuracy'>): string {
  const { margin, conclusion, p, differenceP } = equivalence;
  const range = `${percent(0.5 - margin)} to ${percent(0.5 + margin)}`;
  const [shown, difference] = [pValue(p), pValue(differenceP)];
  switch (conclusion) {
    case 'equivalent':
      return `Readers could not tell real from synthetic: their accuracy is shown to lie within ${range}, which this study counted as guessing (two one-sided tests, ${shown}).`;
    case 'different-but-within':
      return `Readers differ from guessing (${difference}), but by less than this study’s margin: their accuracy is shown to lie within ${range} (two one-sided tests, ${shown}).`;
    case 'different':
      return accuracy.value > 0.5
        ? `Readers can tell real from synthetic: their accuracy is above one half (${difference}), and it is not shown to lie within ${range}.`
        : `Readers are wrong more often than guessing would be (${difference}): they see a difference and take it the wrong way round.`;
    default:
      return `Nothing is shown. The accuracy does not differ significantly from one half (${difference}), but neither is it shown to lie within ${range} (${shown}). That a difference was not found is no proof that there is none: more answers are needed.`;
  }
}
