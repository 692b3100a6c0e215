import { useEffect, useRef, useState } from 'react';
import { Button, Dialog, Modal, ModalOverlay } from 'react-aria-components';
import type { ImportRequest, ImportSource, ImportWays } from '../../../src/contract/index.ts';
import { TextInput } from '../../components/Field.tsx';
import { Progress } from '../../components/Progress.tsx';
import { client } from '../../lib/client.ts';
import { formatCount } from '../../lib/format.ts';
import { useText } from '../../lib/i18n/index.ts';
import { datasetNameOf, SendError, type SentFile, sendFiles } from '../../lib/upload.ts';
import { type Chosen, useImportDialog } from '../../stores/importDialog.ts';
import { type Failure, failureOf } from '../../stores/resource.ts';
import { ImportRulesForm, requestOf, type Table, usualRules } from './ImportRules.tsx';
import { SourceChoice } from './SourceChoice.tsx';
import './import.css';
import { FailureNote } from '../../components/Notice.tsx';
import { WorkButton } from '../../components/WorkButton.tsx';

/** Opened from the datasets, the palette or by a drop; the import itself is a job and outlives it. */
export function ImportDialog() {
  const { t } = useText();
  const { isOpen, close } = useImportDialog();
  return (
    <ModalOverlay
      className="veil"
      isDismissable
      isOpen={isOpen}
      onOpenChange={(open) => {
        if (!open) close();
      }}
    >
      <Modal className="dialog">
        <Dialog className="form-dialog" aria-label={t('import.title')}>
          <ImportForm />
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}

function ImportForm() {
  const { t, language } = useText();
  const { chosen, close } = useImportDialog();
  const [ways, setWays] = useState<ImportWays>();
  const [dataset, setDataset] = useState('');
  const [isNamed, setNamed] = useState(false);
  const [rules, setRules] = useState(usualRules);
  const [sent, setSent] = useState<number>();
  const [failure, setFailure] = useState<Failure>();
  const leaving = useRef(new AbortController());
  useEffect(() => {
    leaving.current = new AbortController();
    client.imports.ways().then(setWays, (error) => setFailure(failureOf(error)));
    return () => leaving.current.abort();
  }, []);
  const suggested =
    chosen === undefined ? '' : datasetNameOf(chosen.type === 'picked' ? chosen.picked.name : chosen.name);
  const name = isNamed ? dataset : suggested;

  const start = async () => {
    if (chosen === undefined) return;
    setFailure(undefined);
    const { signal } = leaving.current;
    const uploads: string[] = [];
    try {
      setSent(0);
      // The table first: it is small, and where it fails no scan has been sent for nothing.
      const labels = rules.table === undefined ? undefined : await tableOf(rules.table, signal, uploads);
      const source = await sourceOf(chosen, signal, uploads, setSent);
      await client.imports.start({
        dataset: name,
        source,
        ...requestOf(rules),
        ...(labels === undefined ? {} : { labels }),
      });
      close();
    } catch (error) {
      // Nothing of a patient stays behind on the studio's disk.
      await Promise.all(
        uploads.map((uploadId) => client.imports.discardUpload({ uploadId }).catch(() => {})),
      );
      if (signal.aborted) return;
      setFailure(
        error instanceof SendError
          ? {
              code: undefined,
              message: t('import.sendFailed', { status: error.status }),
              action: error.message,
            }
          : failureOf(error),
      );
      setSent(undefined);
    }
  };

  const files = chosen?.type === 'files' ? chosen.files.length : 0;
  const sending = t('import.sending', {
    done: formatCount(sent ?? 0, language),
    total: formatCount(files, language),
  });
  return (
    <>
      <h2>{t('import.title')}</h2>
      <p className="muted">{t('import.what')}</p>
      {ways === undefined ? null : <SourceChoice ways={ways} />}
      <TextInput
        label={t('import.dataset')}
        hint={t('import.dataset.hint')}
        value={name}
        maxLength={64}
        onChange={(text) => {
          setNamed(true);
          setDataset(text);
        }}
      />
      {ways === undefined ? null : (
        <ImportRulesForm
          ways={ways}
          rules={rules}
          change={(changes) => setRules((now) => ({ ...now, ...changes }))}
          onFailure={setFailure}
        />
      )}
      {sent !== undefined && files > 0 ? (
        <>
          <Progress label={sending} done={sent} total={files} text={sending} />
          <p className="muted" role="status">
            {sending}
          </p>
        </>
      ) : null}
      <FailureNote failure={failure} />
      <div className="form-actions import-actions">
        <Button className="button" onPress={close}>
          {t('train.cancel')}
        </Button>
        <WorkButton
          className="button primary"
          isWorking={sent !== undefined}
          isDisabled={chosen === undefined || name === ''}
          onPress={() => void start()}
        >
          {t('import.start')}
        </WorkButton>
      </div>
    </>
  );
}

/**
 * What the studio is to import; files that the page holds are sent first.
 * @param uploads is given the names of what was sent
 */
async function sourceOf(
  chosen: Chosen,
  signal: AbortSignal,
  uploads: string[],
  onSent: (sent: number) => void,
): Promise<ImportSource> {
  if (chosen.type === 'picked') return { type: 'picked', pickId: chosen.picked.pickId };
  if (chosen.type === 'place') return { type: 'place', placeId: chosen.placeId, path: [...chosen.path] };
  return upload(chosen.files, signal, uploads, onSent);
}

/** Where the studio finds a table of labels. */
async function tableOf(
  table: Table,
  signal: AbortSignal,
  uploads: string[],
): Promise<NonNullable<ImportRequest['labels']>> {
  if ('pickId' in table) return { type: 'picked', pickId: table.pickId };
  return upload([{ path: [table.name], file: table }], signal, uploads, () => {});
}

async function upload(
  files: readonly SentFile[],
  signal: AbortSignal,
  uploads: string[],
  onSent: (sent: number) => void,
) {
  const { uploadId } = await client.imports.beginUpload();
  uploads.push(uploadId);
  await sendFiles(uploadId, files, signal, onSent);
  return { type: 'upload', uploadId } as const;
}
