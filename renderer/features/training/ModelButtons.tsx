import { useRef, useState } from 'react';
import { Button } from 'react-aria-components';
import type { RunSummary } from '../../../src/contract/index.ts';
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
      <Refused failure={failure} />
    </>
  );
}

/** Takes in a colleague's model file and shows the run that it becomes. */
export function ImportModelButton() {
  const { t } = useText();
  const [isBusy, setBusy] = useState(false);
  const [failure, setFailure] = useState<Failure>();
  const input = useRef<HTMLInputElement>(null);
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
      <Button className="button" isDisabled={isBusy} onPress={() => input.current?.click()}>
        {isBusy ? t('model.importing') : t('model.import')}
      </Button>
      <input
        ref={input}
        type="file"
        accept=".zip"
        hidden
        aria-label={t('model.import')}
        onChange={(event) => {
          const file = event.target.files?.[0];
          event.target.value = '';
          if (file !== undefined) void take(file);
        }}
      />
      <Refused failure={failure} />
    </>
  );
}

function Refused({ failure }: { failure: Failure | undefined }) {
  if (failure === undefined) return null;
  return (
    <p className="note bad" role="alert">
      {failure.message} {failure.action}
      {failure.code === undefined ? null : <span className="mono muted"> {failure.code}</span>}
    </p>
  );
}
