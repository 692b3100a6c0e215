import type { LabelChoice } from '../../../src/contract/index.ts';
import { Check } from '../../components/Check.tsx';
import { FailureNote } from '../../components/Notice.tsx';
import { formatCount, formatFigure } from '../../lib/format.ts';
import { useText } from '../../lib/i18n/index.ts';
import type { Failure } from '../../stores/resource.ts';

export interface LabelsChoiceProps {
  readonly labels: readonly LabelChoice[];
  readonly chosen: ReadonlySet<string>;
  readonly isBalanced: boolean;
  /** Why the chosen ones cannot be conditions. */
  readonly failure: Failure | undefined;
  onChoose(chosen: ReadonlySet<string>): void;
  onBalanced(isBalanced: boolean): void;
}

/** Labels that the networks can be told of, each with how many training slices have which value. */
export function LabelsChoice(props: LabelsChoiceProps) {
  const { labels, chosen, isBalanced, failure, onChoose, onBalanced } = props;
  const { t } = useText();
  return (
    <fieldset className="labels-choice">
      <legend>{t('train.labels')}</legend>
      {labels.length === 0 ? <p className="muted">{t('train.labels.none')}</p> : null}
      <ul>
        {labels.map((label) => (
          <li key={label.name}>
            <Check
              isSelected={chosen.has(label.name)}
              text={label.name}
              onChange={(isSelected) => {
                const next = new Set(chosen);
                if (isSelected) next.add(label.name);
                else next.delete(label.name);
                onChoose(next);
              }}
            />
            <Counts label={label} />
          </li>
        ))}
      </ul>
      {chosen.size === 0 ? null : (
        <Check isSelected={isBalanced} text={t('train.balanced')} onChange={onBalanced} />
      )}
      <FailureNote failure={failure} />
    </fieldset>
  );
}

/** Values that are written out; of more only the number is told. */
const shown = 6;

function Counts({ label: { values, range, missing } }: { label: LabelChoice }) {
  const { t, language } = useText();
  const count = (n: number) => formatCount(n, language);
  const parts = values.slice(0, shown).map(({ value, slices }) => `${value} ${count(slices)}`);
  if (values.length > shown) parts.push(t('train.labels.more', { count: count(values.length - shown) }));
  if (range !== null) {
    parts.push(
      t('train.labels.range', {
        low: formatFigure(range.low, language),
        high: formatFigure(range.high, language),
      }),
    );
  }
  if (missing > 0) parts.push(t('train.labels.missing', { count: count(missing) }));
  return <span className="muted">{parts.join(' · ')}</span>;
}
