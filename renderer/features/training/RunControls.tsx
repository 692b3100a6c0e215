import { useState } from 'react';
import { Button } from 'react-aria-components';
import type { RunSummary } from '../../../src/contract/index.ts';
import { client } from '../../lib/client.ts';
import { useText } from '../../lib/i18n/index.ts';
import { type Failure, failureOf } from '../../stores/resource.ts';

const resumable: ReadonlySet<RunSummary['state']> = new Set(['stopped', 'interrupted', 'failed']);

/** Stop, where this app trains the run; resume, where it has ended early. */
export function RunControls({ run }: { run: RunSummary }) {
  const { t } = useText();
  const [isBusy, setBusy] = useState(false);
  const [failure, setFailure] = useState<Failure>();
  const act = async (call: Promise<unknown>) => {
    setBusy(true);
    setFailure(undefined);
    try {
      await call;
    } catch (error) {
      setFailure(failureOf(error));
    }
    setBusy(false);
  };
  return (
    <>
      {run.here && run.state === 'running' ? (
        <Button
          className="button"
          isDisabled={isBusy}
          onPress={() => void act(client.runs.stop({ runId: run.id }))}
        >
          {isBusy ? t('train.stopping') : t('train.stop')}
        </Button>
      ) : null}
      {resumable.has(run.state) ? (
        <Button
          className="button"
          isDisabled={isBusy}
          onPress={() => void act(client.runs.resume({ runId: run.id }))}
        >
          {t('train.resume')}
        </Button>
      ) : null}
      {failure === undefined ? null : (
        <p className="note bad" role="alert">
          {failure.message} {failure.action}
        </p>
      )}
    </>
  );
}
