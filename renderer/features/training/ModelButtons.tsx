import { useState } from 'react';
import { Button } from 'react-aria-components';
import type { RunSummary } from '../../../src/contract/index.ts';
import { FileButton } from '../../components/FileButton.tsx';
import { FailureNote } from '../../components/Notice.tsx';
import { client } from '../../lib/client.ts';
import { useText } from '../../lib/i18n/index.ts';
import { sendOne } from '../../lib/upload.ts';
import { type Failure, failureOf } from '../../stores/resource.ts';
import { go } from '../../stores/route.ts';

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

/** Takes in a colleague's model file and shows the run that it becomes. */
export function ImportModelButton() {
  const { t } = useText();
  const [isBusy, setBusy] = useState(false);
  const [failure, setFailure] = useState<Failure>();
  const take = async (file: File) => {
    setBusy(true);
    setFailure(undefined);
    try {
      const { runId } = await client.models.import({ uploadId: await sendOne(file) });
      go('runs', runId);
    } catch (error) {
      setFailure(failureOf(error));
    }
    setBusy(false);
  };
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
