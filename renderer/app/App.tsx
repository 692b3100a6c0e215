import { I18nProvider } from 'react-aria-components';
import { DatasetsPage } from '../features/datasets/DatasetsPage.tsx';
import { DropTarget } from '../features/import/DropTarget.tsx';
import { ImportDialog } from '../features/import/ImportDialog.tsx';
import { JobTray } from '../features/jobs/JobTray.tsx';
import { RunsPage } from '../features/training/RunsPage.tsx';
import { useText } from '../lib/i18n/index.ts';
import { useConnection } from '../stores/connection.ts';
import { useRoute } from '../stores/route.ts';
import { CommandPalette } from './CommandPalette.tsx';
import { useShortcuts } from './commands.ts';
import { Navigation } from './Navigation.tsx';
import '../components/components.css';

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

/** The frame of every screen: navigation at the side, the screen that the address names beside it. */
export function App() {
  const { t, language } = useText();
  const page = useRoute((route) => route.page);
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
            {page === 'runs' ? <RunsPage /> : <DatasetsPage />}
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
