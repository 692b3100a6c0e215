import { type PointerEvent, useEffect, useRef, useState } from 'react';
import type { RunSummary } from '../../../src/contract/index.ts';
import { NumberInput } from '../../components/Field.tsx';
import { RunChoice } from '../../components/RunChoice.tsx';
import { WindowControls } from '../../components/WindowControls.tsx';
import { WindowedSheet } from '../../components/WindowedSheet.tsx';
import {
  type Comparison,
  draggedWindow,
  loadComparison,
  type PercentWindow,
  toGreyWindow,
  wholeWindow,
} from '../../lib/comparison.ts';
import { useText } from '../../lib/i18n/index.ts';

const slicesOnEachSide = 16;
const columns = 4;

/** Two sheets, one window for both. */
export function CompareView({ run, runs }: { run: RunSummary; runs: readonly RunSummary[] }) {
  const { t } = useText();
  const [seed, setSeed] = useState(1);
  const [window, setWindow] = useState<PercentWindow>(wholeWindow);
  const [shown, setShown] = useState<Comparison>();
  const [failure, setFailure] = useState<string>();
  const begin = useRef<{ x: number; y: number; window: PercentWindow }>(undefined);

  useEffect(() => {
    const leaving = new AbortController();
    setFailure(undefined);
    loadComparison(run.id, slicesOnEachSide, seed, leaving.signal).then(setShown, (error) => {
      if (!leaving.signal.aborted) setFailure(error instanceof Error ? error.message : String(error));
    });
    return () => leaving.abort();
  }, [run.id, seed]);

  const drag = {
    onPointerDown: (event: PointerEvent<HTMLDivElement>) => {
      begin.current = { x: event.clientX, y: event.clientY, window };
      event.currentTarget.setPointerCapture(event.pointerId);
    },
    onPointerMove: ({ clientX, clientY }: PointerEvent<HTMLDivElement>) => {
      const from = begin.current;
      if (from !== undefined) setWindow(draggedWindow(from.window, clientX - from.x, clientY - from.y));
    },
    onPointerUp: () => {
      begin.current = undefined;
    },
  };
  return (
    <article className="detail" aria-label={t('compare.title')}>
      <header className="detail-head">
        <h1>{t('compare.title')}</h1>
      </header>
      <p className="muted">{t('compare.text')}</p>
      <div className="compare-tools">
        <RunChoice label={t('compare.run')} page="compare" runs={runs} run={run} />
        <NumberInput label={t('compare.seed')} value={seed} min={0} max={0xffffffff} onChange={setSeed} />
        <WindowControls window={window} onChange={setWindow} />
      </div>
      {failure === undefined ? null : (
        <p className="note bad" role="alert">
          {failure}
        </p>
      )}
      {shown === undefined ? (
        failure === undefined ? (
          <p className="muted" role="status">
            {t('compare.loading')}
          </p>
        ) : null
      ) : (
        <>
          <div className="compare-sides" {...drag}>
            {(['real', 'synthetic'] as const).map((side) => (
              <section className="section" key={side}>
                <h2>{t(`compare.${side}`)}</h2>
                <WindowedSheet
                  slices={shown[side]}
                  size={shown.size}
                  columns={columns}
                  window={toGreyWindow(window)}
                  label={t(`compare.alt.${side}`, { count: shown[side].length, run: run.id })}
                />
              </section>
            ))}
          </div>
          <p className="muted">{t('compare.drag')}</p>
        </>
      )}
    </article>
  );
}
