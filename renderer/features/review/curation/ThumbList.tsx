import { useEffect, useRef } from 'react';
import type { ReviewSliceView } from '../../../../src/contract/study.ts';
import { reviewThumbUrl } from '../../../../src/contract/studyMedia.ts';
import { useText } from '../../../lib/i18n/index.ts';

export interface ThumbListProps {
  readonly setId: string;
  readonly list: readonly ReviewSliceView[];
  readonly at: number;
  onChoose(place: number): void;
}

const signs = { accept: '✓', reject: '✕', mark: '!', none: '' } as const;
/** Pictures around the current one; the others are there as places only, so that memory stays flat. */
const around = 60;

/** The queue as small pictures. */
export function ThumbList({ setId, list, at, onChoose }: ThumbListProps) {
  const { t } = useText();
  const box = useRef<HTMLElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the current one is brought into view when it changes
  useEffect(() => {
    box.current?.querySelector('[aria-current="true"]')?.scrollIntoView({ block: 'nearest' });
  }, [at]);
  const from = Math.max(0, at - around);
  const shown = list.slice(from, at + around);
  return (
    <section className="thumbs" ref={box} aria-label={t('review.queue')}>
      {shown.map((item, i) => {
        const place = from + i;
        const said = item.verdict === 'none' ? '' : `, ${t(`review.verdict.${item.verdict}`)}`;
        return (
          <button
            key={item.slice}
            type="button"
            className="thumb"
            data-verdict={item.verdict}
            aria-current={place === at}
            aria-label={`${t('review.synthetic', { slice: item.slice })}${said}`}
            onClick={() => onChoose(place)}
          >
            <img src={reviewThumbUrl(setId, item.slice)} alt="" loading="lazy" draggable={false} />
            <span aria-hidden="true">
              {signs[item.verdict]}
              {item.nearCopy ? '≈' : ''}
            </span>
          </button>
        );
      })}
    </section>
  );
}
