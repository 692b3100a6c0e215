import type { ReactNode } from 'react';
import { Button } from 'react-aria-components';
import { useText } from '../lib/i18n/index.ts';
import type { Failure } from '../stores/resource.ts';

/** What stands where there is nothing to show: what would be here, and how it gets here. */
export function EmptyNotice({ title, children }: { title: string; children: ReactNode }) {
  return (
    <div className="alone">
      <section className="notice-card">
        <h2>{title}</h2>
        {children}
      </section>
    </div>
  );
}

export function LoadingNotice() {
  const { t } = useText();
  return (
    <div className="alone" role="status">
      <p className="muted">{t('app.loading')}</p>
    </div>
  );
}

/** What a form or a button could not do, and what can be done about it, beside where it was asked for. */
export function FailureNote({
  failure,
  withCode = false,
}: {
  failure: (Pick<Failure, 'message'> & Partial<Failure>) | undefined;
  /** For what comes from elsewhere, such as a file: its code is worth reporting. */
  withCode?: boolean;
}) {
  if (failure === undefined) return null;
  return (
    <p className="note bad" role="alert">
      {failure.message} {failure.action}
      {withCode && failure.code !== undefined ? <span className="mono muted"> {failure.code}</span> : null}
    </p>
  );
}

/** A failure in the words of the studio, with what can be done, in place of what would stand there. */
export function FailureNotice({ failure, retry }: { failure: Failure; retry?: () => void }) {
  const { t } = useText();
  return (
    <div className="alone" role="alert">
      <section className="notice-card">
        <h2>{t('failure.title')}</h2>
        <p>{failure.message}</p>
        {failure.action === undefined ? null : <p>{failure.action}</p>}
        {failure.code === undefined ? null : (
          <p className="mono muted">{t('failure.code', { code: failure.code })}</p>
        )}
        {retry === undefined ? null : (
          <Button className="button" onPress={retry}>
            {t('app.retry')}
          </Button>
        )}
      </section>
    </div>
  );
}
