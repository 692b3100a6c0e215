import { useState } from 'react';
import { Button } from 'react-aria-components';
import type { RunSummary } from '../../../src/contract/index.ts';
import { FileButton } from '../../components/FileButton.tsx';
import { FailureNote } from '../../components/Notice.tsx';
import { client } from '../../lib/client.ts';
import { useText } from '../../lib/i18n/index.ts';
import { sendOne } from '../../lib/upload.ts';
import { isActive } from '../../stores/jobs.ts';
import { type Failure, failureOf } from '../../stores/resource.ts';
import { go } from '../../stores/route.ts';
import { useJob } from '../review/useJob.ts';

/** Makes the model file of a run; the bar of jobs then has it for download. */
export function ExportModelButton({ run }: { run: RunSummary }) {
  const { t } = useText();
  const [failure, setFailure] = useState<Failure>();
  const start = () => {
    setFailure(undefined);
    client.models.export({ runId: run.id }).catch((error) => setFailure(failureOf(error)));
  };
  return (
    <>
      <Button className="button" onPress={start}>
        {t('model.export')}
      </Button>
      <FailureNote failure={failure} withCode />
    </>
  );
}

/** Takes in a colleague's model file, as a job, and shows the run that it becomes. */
export function ImportModelButton() {
  const { t } = useText();
  const [isSending, setSending] = useState(false);
  const [refused, setRefused] = useState<Failure>();
  const { job, follow } = useJob(({ runId }) => {
    if (typeof runId === 'string') go('runs', runId);
  });
  const take = async (file: File) => {
    setSending(true);
    setRefused(undefined);
    try {
      follow((await client.models.import({ uploadId: await sendOne(file) })).jobId);
    } catch (error) {
      setRefused(failureOf(error));
    }
    setSending(false);
  };
  const isBusy = isSending || (job !== undefined && isActive(job));
  const failure = refused ?? (isSending ? undefined : (job?.failure ?? undefined));
  return (
    <>
      <FileButton
        label={t('model.import')}
        text={isBusy ? t('model.importing') : t('model.import')}
        accept=".zip"
        isWorking={isBusy}
        onFile={(file) => void take(file)}
      />
      <FailureNote failure={failure} withCode />
    </>
  );
}
