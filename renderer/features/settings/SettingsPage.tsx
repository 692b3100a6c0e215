import { Segments } from '../../components/Segments.tsx';
import { useText } from '../../lib/i18n/index.ts';
import { usePreferences } from '../../stores/preferences.ts';
import { Diagnostics } from './Diagnostics.tsx';
import { Machine } from './Machine.tsx';
import { Notices } from './Notices.tsx';
import { WorkspaceCare } from './WorkspaceCare.tsx';
import './settings.css';

/** How the app looks, and what keeps a workspace and this machine in order. */
export function SettingsPage() {
  const { t } = useText();
  const { theme, language, setTheme, setLanguage } = usePreferences();
  return (
    <article className="detail settings" aria-label={t('settings.title')}>
      <header className="detail-head">
        <h1>{t('settings.title')}</h1>
      </header>
      <section className="section">
        <h2>{t('settings.look')}</h2>
        <div className="settings-look">
          <Segments
            label={t('settings.theme')}
            value={theme}
            onChange={setTheme}
            options={(['dark', 'light'] as const).map((id) => ({ id, text: t(`settings.theme.${id}`) }))}
          />
          <Segments
            label={t('settings.language')}
            value={language}
            onChange={setLanguage}
            options={[
              { id: 'en', text: 'English' },
              { id: 'ja', text: '日本語' },
            ]}
          />
        </div>
      </section>
      <WorkspaceCare />
      <Machine />
      <Diagnostics />
      <Notices />
    </article>
  );
}
