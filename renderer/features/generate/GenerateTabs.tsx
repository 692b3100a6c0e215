import { useText } from '../../lib/i18n/index.ts';
import { routeHash } from '../../lib/route.ts';

/** The two sides of a trained generator: its slices as files, and its latent space. */
export function GenerateTabs({ page, runId }: { page: 'generate' | 'explore'; runId: string }) {
  const { t } = useText();
  return (
    <nav className="tabs" aria-label={t('explore.tabs')}>
      {(['generate', 'explore'] as const).map((one) => (
        <a
          key={one}
          className="tab"
          href={routeHash(one, runId)}
          aria-current={one === page ? 'page' : undefined}
        >
          {t(`${one}.nav`)}
        </a>
      ))}
    </nav>
  );
}
