import { type ReactNode, useEffect, useState } from 'react';
import { Button } from 'react-aria-components';
import type { AppInfo } from '../../src/contract/index.ts';
import {
  CheckIcon,
  CommandIcon,
  CompareIcon,
  CurveIcon,
  GaugeIcon,
  MoonIcon,
  SparkIcon,
  StackIcon,
  SunIcon,
} from '../components/icons.tsx';
import { client } from '../lib/client.ts';
import { formatCount } from '../lib/format.ts';
import { useText } from '../lib/i18n/index.ts';
import { type Page, routeHash } from '../lib/route.ts';
import { useDatasets } from '../stores/datasets.ts';
import { usePreferences } from '../stores/preferences.ts';
import { useRoute } from '../stores/route.ts';
import { useRuns } from '../stores/runs.ts';
import { shortcutText, usePalette } from './commands.ts';

function useAppInfo(): AppInfo | undefined {
  const [info, setInfo] = useState<AppInfo>();
  useEffect(() => {
    // Without an answer the foot stays empty; the connection's own banner says why.
    client.app.info().then(setInfo, () => {});
  }, []);
  return info;
}

function Links() {
  const { t, language } = useText();
  const page = useRoute((route) => route.page);
  const datasets = useDatasets((store) => store.list);
  const runs = useRuns((store) => store.list);
  const count = (list: typeof datasets | typeof runs) =>
    list.status === 'ready' ? formatCount(list.value.length, language) : '';
  const links: { page: Page; icon: ReactNode; text: string; count?: string }[] = [
    { page: 'datasets', icon: <StackIcon />, text: t('datasets.title'), count: count(datasets) },
    { page: 'runs', icon: <CurveIcon />, text: t('runs.nav'), count: count(runs) },
    { page: 'compare', icon: <CompareIcon />, text: t('compare.nav') },
    { page: 'review', icon: <CheckIcon />, text: t('review.nav') },
    { page: 'generate', icon: <SparkIcon />, text: t('generate.nav') },
    { page: 'evaluate', icon: <GaugeIcon />, text: t('evaluate.nav') },
  ];
  return links.map((link) => (
    <a
      key={link.page}
      className="rail-link"
      href={routeHash(link.page)}
      aria-current={
        page === link.page || (page === 'explore' && link.page === 'generate') ? 'page' : undefined
      }
    >
      {link.icon}
      {link.text}
      {link.count === undefined ? null : <span className="rail-count">{link.count}</span>}
    </a>
  ));
}

export function Navigation() {
  const { t, language } = useText();
  const { theme, setTheme, setLanguage } = usePreferences();
  const openPalette = usePalette((palette) => palette.open);
  const info = useAppInfo();
  const page = useRoute((route) => route.page);
  const otherTheme = theme === 'dark' ? 'light' : 'dark';
  const otherLanguage = language === 'en' ? 'ja' : 'en';
  return (
    <nav className="rail" aria-label={t('app.navigation')}>
      <div className="brand">
        <img src="/icon.svg" alt="" />
        Gantry
      </div>
      <Links />
      <div className="rail-foot">
        {info === undefined ? null : (
          <dl>
            <dt>{t('app.workspace')}</dt>
            <dd>{info.workspace.name}</dd>
          </dl>
        )}
        <a
          className="rail-link"
          href={routeHash('settings')}
          aria-current={page === 'settings' ? 'page' : undefined}
        >
          {t('settings.nav')}
        </a>
        <a className="rail-link" href={routeHash('help')} aria-current={page === 'help' ? 'page' : undefined}>
          {t('help.nav')}
        </a>
        <div className="rail-tools">
          <Button
            className="button icon"
            aria-label={`${t('app.commands')} (${shortcutText('K')})`}
            onPress={openPalette}
          >
            <CommandIcon />
          </Button>
          <Button
            className="button icon"
            aria-label={t(`app.theme.${otherTheme}`)}
            onPress={() => setTheme(otherTheme)}
          >
            {otherTheme === 'light' ? <SunIcon /> : <MoonIcon />}
          </Button>
          <Button
            className="button"
            aria-label={`${t('app.language')}: ${otherLanguage === 'ja' ? '日本語' : 'English'}`}
            onPress={() => setLanguage(otherLanguage)}
          >
            <span lang={otherLanguage}>{otherLanguage === 'ja' ? '日本語' : 'English'}</span>
          </Button>
        </div>
        {info === undefined ? null : <span className="muted mono">{info.version}</span>}
      </div>
    </nav>
  );
}
