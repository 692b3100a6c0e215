import type { RunSummary } from '../../../src/contract/index.ts';
import { formatWhen } from '../../lib/format.ts';
import { useText } from '../../lib/i18n/index.ts';
import { routeHash } from '../../lib/route.ts';
import { ImportModelButton } from './ModelButtons.tsx';
import { RunProgress } from './ProgressBar.tsx';
import { RunStateChip } from './RunStateChip.tsx';

export function RunList({ runs, shown }: { runs: readonly RunSummary[]; shown: string | undefined }) {
  const { t, language } = useText();
  return (
    <div className="list-pane">
      <div className="list-head">
        <h1>{t('runs.title')}</h1>
        <ImportModelButton />
      </div>
      <ul aria-label={t('runs.list')}>
        {runs.map((run) => (
          <li key={run.id}>
            <a
              className="card run-card"
              href={routeHash('runs', run.id)}
              aria-current={run.id === shown ? 'true' : undefined}
            >
              <span className="run-line">
                <span className="card-name">{run.id}</span>
                <RunStateChip state={run.state} />
              </span>
              <span className="muted">
                {run.dataset.name} · {run.preset} · {run.size} px
              </span>
              <span className="muted">{formatWhen(run.createdAt, language)}</span>
              <RunProgress run={run} />
            </a>
          </li>
        ))}
      </ul>
    </div>
  );
}
