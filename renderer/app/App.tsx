import { lazy, Suspense } from 'react';
import { I18nProvider } from 'react-aria-components';
import { LoadingNotice } from '../components/Notice.tsx';
import { ComparePage } from '../features/compare/ComparePage.tsx';
import { DatasetsPage } from '../features/datasets/DatasetsPage.tsx';
import { EvaluatePage } from '../features/evaluation/EvaluatePage.tsx';
import { ExplorePage } from '../features/generate/ExplorePage.tsx';
import { GeneratePage } from '../features/generate/GeneratePage.tsx';
import { HelpPage } from '../features/help/HelpPage.tsx';
import { DropTarget } from '../features/import/DropTarget.tsx';
import { ImportDialog } from '../features/import/ImportDialog.tsx';
import { JobTray } from '../features/jobs/JobTray.tsx';
import { SettingsPage } from '../features/settings/SettingsPage.tsx';
import { RunsPage } from '../features/training/RunsPage.tsx';
import { useText } from '../lib/i18n/index.ts';
import type { Page } from '../lib/route.ts';
import { useConnection } from '../stores/connection.ts';
import { useRoute } from '../stores/route.ts';
import { CommandPalette } from './CommandPalette.tsx';
import { useShortcuts } from './commands.ts';
import { Navigation } from './Navigation.tsx';
import { ScreenGuard } from './ScreenGuard.tsx';
import '../components/components.css';

/** Viewer and reader study come when they are first asked for. */
const ReviewPage = lazy(() => import('../features/review/ReviewPage.tsx'));

function ConnectionBanner() {
  const { t } = useText();
  const state = useConnection((connection) => connection.state);
  if (state !== 'offline') return null;
  return (
    <div className="banner" role="status">
      {t('app.offline')}
    </div>
  );
}

function WorkspaceBanner() {
  const { t } = useText();
  const gone = useConnection((connection) => connection.gone);
  if (gone === undefined) return null;
  return (
    <div className="banner" role="alert">
      {gone.message} {gone.action}{' '}
      <span className="mono">{t('failure.code', { code: gone.code ?? '' })}</span>
    </div>
  );
}

function Screen({ page }: { page: Page }) {
  switch (page) {
    case 'runs':
      return <RunsPage />;
    case 'compare':
      return <ComparePage />;
    case 'review':
      return (
        <Suspense fallback={<LoadingNotice />}>
          <ReviewPage />
        </Suspense>
      );
    case 'generate':
      return <GeneratePage />;
    case 'explore':
      return <ExplorePage />;
    case 'evaluate':
      return <EvaluatePage />;
    case 'settings':
      return <SettingsPage />;
    case 'help':
      return <HelpPage />;
    default:
      return <DatasetsPage />;
  }
}

/** The frame of every screen: navigation at the side, the screen that the address names beside it. */
export function App() {
  const { t, language } = useText();
  const page = useRoute((route) => route.page);
  const returns = useConnection((connection) => connection.returns);
  useShortcuts();
  return (
    <I18nProvider locale={language}>
      <button
        type="button"
        className="skip"
        onClick={() => document.querySelector<HTMLElement>('main')?.focus()}
      >
        {t('app.skip')}
      </button>
      <div className="app">
        <Navigation />
        <div className="stage">
          <main className="main" tabIndex={-1}>
            <ConnectionBanner />
            <WorkspaceBanner />
            <ScreenGuard key={`${returns} ${page}`}>
              <Screen page={page} />
            </ScreenGuard>
          </main>
          <JobTray />
        </div>
      </div>
      <CommandPalette />
      <ImportDialog />
      <DropTarget />
    </I18nProvider>
  );
}
