import { useEffect, useState } from 'react';
import type { RunSummary } from '../../../src/contract/index.ts';
import { FailureNote } from '../../components/Notice.tsx';
import { WorkButton } from '../../components/WorkButton.tsx';
import { client } from '../../lib/client.ts';
import { useText } from '../../lib/i18n/index.ts';
import { type Failure, failureOf } from '../../stores/resource.ts';

const resumable: ReadonlySet<RunSummary['state']> = new Set(['stopped', 'interrupted', 'failed']);
type Act = 'pause' | 'stop' | 'resume';

/** Pause, continue and stop, where this app trains the run; resume, where it has ended early. */
export function RunControls({ run }: { run: RunSummary }) {
  const { t } = useText();
  const [busy, setBusy] = useState<Act>();
  const [failure, setFailure] = useState<Failure>();
  // What was asked for has happened when the state changes.
  // biome-ignore lint/correctness/useExhaustiveDependencies: the state stands for "it has happened"
  useEffect(() => setBusy(undefined), [run.state]);
  const act = async (what: Act) => {
    setBusy(what);
    setFailure(undefined);
    try {
      await client.runs[what]({ runId: run.id });
      if (what !== 'pause') setBusy(undefined);
    } catch (error) {
      setFailure(failureOf(error));
      setBusy(undefined);
    }
  };
  const button = (what: Act, text: string) => (
    <WorkButton
      className="button"
      aria-label={`${text}: ${run.id}`}
      isWorking={busy !== undefined}
      onPress={() => void act(what)}
    >
      {text}
    </WorkButton>
  );
  const isRunning = run.here && run.state === 'running';
  const isHeld = run.here && run.state === 'paused';
  return (
    <>
      {isRunning ? button('pause', busy === 'pause' ? t('train.pausing') : t('train.pause')) : null}
      {isHeld ? button('resume', t('train.continue')) : null}
      {isRunning || isHeld ? button('stop', busy === 'stop' ? t('train.stopping') : t('train.stop')) : null}
      {resumable.has(run.state) ? button('resume', t('train.resume')) : null}
      <FailureNote failure={failure} />
    </>
  );
}
