import { useEffect, useState } from 'react';
import { sliceValuesUrl } from '../../../../src/contract/studyMedia.ts';
import { EmptyNotice, FailureNotice, LoadingNotice } from '../../../components/Notice.tsx';
import { client } from '../../../lib/client.ts';
import { useText } from '../../../lib/i18n/index.ts';
import { useCall } from '../useCall.ts';
import { loadImage } from '../viewer/image.ts';
import { Viewer } from '../viewer/Viewer.tsx';
import { useView } from '../viewer/viewState.ts';

const page = 500;
const panesOf = { '1x1': 1, '1x2': 2, '2x2': 4, '3x3': 9 } as const;

/** The slices of a dataset as they were acquired, one after another. */
export function SlicesView({ datasetId }: { datasetId: string }) {
  const { t } = useText();
  const [at, setAt] = useState(0);
  const layout = useView((state) => state.layout);
  const offset = Math.floor(at / page) * page;
  const [slices] = useCall(
    () => client.datasets.slices({ datasetId, which: 'used', offset, limit: page }),
    `${datasetId} ${offset}`,
  );
  const items = slices.status === 'ready' ? slices.value.items : [];
  const next = items[at - offset + 1];
  useEffect(() => {
    // The next one is there before it is asked for.
    if (next !== undefined) loadImage(sliceValuesUrl(next.id)).catch(() => {});
  }, [next]);
  if (slices.status === 'loading') return <LoadingNotice />;
  if (slices.status === 'failed') return <FailureNotice failure={slices.failure} />;
  const { total } = slices.value;
  if (total === 0) {
    return (
      <EmptyNotice title={t('review.real')}>
        <p>{t('review.queue.empty')}</p>
      </EmptyNotice>
    );
  }
  const panes = items.slice(at - offset, at - offset + panesOf[layout]).map((slice, i) => {
    const label = t('review.slice', { number: at + i + 1, total });
    return { id: `slice:${slice.id}`, label, mark: label, url: sliceValuesUrl(slice.id) };
  });
  return (
    <div className="review-body fill">
      <Viewer panes={panes} onScroll={(by) => setAt((now) => Math.min(total - 1, Math.max(0, now + by)))} />
    </div>
  );
}
