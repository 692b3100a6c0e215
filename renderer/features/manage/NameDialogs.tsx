import { useState } from 'react';
import type { DatasetSummary } from '../../../src/contract/index.ts';
import { ActDialog } from '../../components/ConfirmDialog.tsx';
import { TextInput } from '../../components/Field.tsx';
import { client } from '../../lib/client.ts';
import { useText } from '../../lib/i18n/index.ts';
import { useRuns } from '../../stores/runs.ts';

export function RenameDatasetButton({ dataset }: { dataset: DatasetSummary }) {
  const { t } = useText();
  const [name, setName] = useState(dataset.name);
  return (
    <ActDialog
      open={t('manage.rename')}
      title={t('manage.rename.title', { name: dataset.name })}
      yes={t('manage.save')}
      isDisabled={name === ''}
      act={() => client.manage.renameDataset({ datasetId: dataset.id, name })}
    >
      <TextInput
        label={t('manage.rename.label')}
        hint={t('manage.name.hint')}
        value={name}
        maxLength={64}
        onChange={setName}
      />
    </ActDialog>
  );
}

export function NoteRunButton({ runId, note }: { runId: string; note: string }) {
  const { t } = useText();
  const [text, setText] = useState(note);
  return (
    <ActDialog
      open={t('manage.note')}
      title={t('manage.note.title', { name: runId })}
      yes={t('manage.save')}
      act={async () => {
        await client.manage.noteRun({ runId, note: text });
        await useRuns.getState().loadDetail(runId);
      }}
    >
      <TextInput label={t('manage.note.label')} value={text} maxLength={200} onChange={setText} />
    </ActDialog>
  );
}
