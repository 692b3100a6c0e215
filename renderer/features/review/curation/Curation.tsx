import { useEffect, useMemo, useState } from 'react';
import type { ReviewSetDetail, ReviewSliceView } from '../../../../src/contract/study.ts';
import { preparedValuesUrl, reviewValuesUrl } from '../../../../src/contract/studyMedia.ts';
import { Choice } from '../../../components/Field.tsx';
import { useText } from '../../../lib/i18n/index.ts';
import { loadImage } from '../viewer/image.ts';
import { type Pane, Viewer } from '../viewer/Viewer.tsx';
import { useView } from '../viewer/viewState.ts';
import { FeatureMap } from './FeatureMap.tsx';
import { type Order, orders, type Queue, queueOf, queues } from './queue.ts';
import { ThumbList } from './ThumbList.tsx';
import { useVerdicts } from './useVerdicts.ts';
import { VerdictPanel } from './VerdictPanel.tsx';

const panesOf = { '1x1': 1, '1x2': 2, '2x2': 4, '3x3': 9 } as const;

/** Judging of generated slices, each beside the real one it is likest. */
export function Curation({ set }: { set: ReviewSetDetail }) {
  const { t } = useText();
  const [queue, setQueue] = useState<Queue>('all');
  const [order, setOrder] = useState<Order>('slice');
  const [chosen, setChosen] = useState<ReadonlySet<number>>(new Set());
  const [current, setCurrent] = useState(0);
  const layout = useView((state) => state.layout);
  const verdicts = useVerdicts(set);
  // A judged slice stays where it is until the queue is chosen anew: lists must not jump under the reader.
  // biome-ignore lint/correctness/useExhaustiveDependencies: verdicts of the moment do not reorder
  const listed = useMemo(
    () => queueOf(verdicts.items, queue, order, chosen).map(({ slice }) => slice),
    [queue, order, chosen, set],
  );
  const bySlice = useMemo(() => new Map(verdicts.items.map((item) => [item.slice, item])), [verdicts.items]);
  const list = listed.flatMap((slice) => bySlice.get(slice) ?? []);
  const at = Math.min(current, Math.max(0, list.length - 1));
  const item = list[at];
  const move = (by: number) => setCurrent(Math.min(list.length - 1, Math.max(0, at + by)));

  const next = list[at + 1]?.slice;
  const nextReal = list[at + 1]?.nearest;
  useEffect(() => {
    // The next pair is there before it is asked for.
    if (next !== undefined) loadImage(reviewValuesUrl(set.id, next)).catch(() => {});
    if (nextReal != null) loadImage(preparedValuesUrl(set.id, nextReal)).catch(() => {});
  }, [set.id, next, nextReal]);

  const pairs = Math.max(1, Math.ceil(panesOf[layout] / 2));
  const panes = Array.from({ length: pairs }, (_, i) => list[at + i])
    .flatMap((one) => (one === undefined ? [] : pairOf(set, one, t)))
    .slice(0, panesOf[layout]);
  const textOf = (name: string) => t(`review.queue.${name as Queue}`);
  const orderText = (name: string) => t(`review.order.${name as Order}`);
  return (
    <div className="curation">
      <aside className="curation-side">
        <div className="form-row">
          <Choice
            label={t('review.queue')}
            value={textOf(queue)}
            options={queues.map(textOf)}
            onChange={(text) => {
              setQueue(queues.find((one) => textOf(one) === text) ?? 'all');
              setCurrent(0);
            }}
          />
          <Choice
            label={t('review.order')}
            value={orderText(order)}
            options={orders.map(orderText)}
            onChange={(text) => {
              setOrder(orders.find((one) => orderText(one) === text) ?? 'slice');
              setCurrent(0);
            }}
          />
        </div>
        <ThumbList setId={set.id} list={list} at={at} onChoose={setCurrent} />
        <FeatureMap
          set={set}
          current={item?.slice}
          chosen={chosen}
          onChoose={(slices) => {
            setChosen(slices);
            setQueue(slices.size > 0 ? 'chosen' : 'all');
            setCurrent(0);
          }}
        />
      </aside>
      {item === undefined ? (
        <p className="alone muted">{t('review.queue.empty')}</p>
      ) : (
        <Viewer
          panes={panes}
          pair={item.nearest === null ? undefined : (pairOf(set, item, t) as [Pane, Pane])}
          onScroll={move}
        />
      )}
      <VerdictPanel
        set={set}
        item={item}
        place={at}
        total={list.length}
        verdicts={verdicts}
        onJudged={() => move(1)}
        onUndone={(slice) => {
          const place = listed.indexOf(slice);
          if (place >= 0) setCurrent(place);
        }}
      />
    </div>
  );
}

/** A generated slice and its nearest real one, both as the run sees them. */
function pairOf(
  set: ReviewSetDetail,
  { slice, nearest }: ReviewSliceView,
  t: ReturnType<typeof useText>['t'],
): Pane[] {
  const synthetic = {
    id: `set${set.id}:${slice}`,
    label: t('review.synthetic', { slice }),
    mark: t('review.synthetic', { slice }),
    url: reviewValuesUrl(set.id, slice),
  };
  if (nearest === null) return [synthetic];
  return [
    synthetic,
    {
      id: `set${set.id}:${slice}:real`,
      label: t('review.nearest', { slice }),
      mark: t('review.nearest', { slice }),
      url: preparedValuesUrl(set.id, nearest),
    },
  ];
}
