import { ProgressBar as AriaProgressBar } from 'react-aria-components';
import type { RunSummary } from '../../../src/contract/index.ts';
import { formatCount } from '../../lib/format.ts';
import { useText } from '../../lib/i18n/index.ts';
import { shareDone } from './progress.ts';

/** How far a run is, as a bar and in figures. */
export function RunProgress({ run, label }: { run: RunSummary; label?: boolean }) {
  const { t, language } = useText();
  const share = shareDone(run);
  const percent = share === null ? undefined : Math.round(share * 100);
  const images = formatCount(run.images, language);
  const text =
    run.totalImages === null
      ? images
      : t('runs.progress.of', { images, total: formatCount(run.totalImages, language) });
  return (
    <AriaProgressBar
      aria-label={t('runs.progress')}
      valueLabel={text}
      {...(percent === undefined ? { isIndeterminate: true } : { value: percent })}
    >
      {label === true ? (
        <div className="progress-line">
          <span>{text}</span>
          <span>{percent === undefined ? '' : `${percent} %`}</span>
        </div>
      ) : null}
      <div className="bar">
        <div style={{ width: `${percent ?? 0}%` }} />
      </div>
    </AriaProgressBar>
  );
}
