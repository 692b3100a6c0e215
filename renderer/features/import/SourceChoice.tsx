import { useState } from 'react';
import { Button, FileTrigger } from 'react-aria-components';
import type { ImportWays } from '../../../src/contract/index.ts';
import { Segments } from '../../components/Segments.tsx';
import { client } from '../../lib/client.ts';
import { formatBytes, formatCount } from '../../lib/format.ts';
import { useText } from '../../lib/i18n/index.ts';
import { filesOfInput } from '../../lib/upload.ts';
import { type Chosen, useImportDialog } from '../../stores/importDialog.ts';
import { PlaceBrowser } from './PlaceBrowser.tsx';

/** Where the scans come from: the shell's own dialog, files that the page sends, or an allowed folder. */
export function SourceChoice({ ways }: { ways: ImportWays }) {
  const { t } = useText();
  const { chosen, choose } = useImportDialog();
  const [from, setFrom] = useState<'send' | 'place'>(ways.places.length > 0 ? 'place' : 'send');
  return (
    <>
      {ways.canUpload ? (
        <Segments
          label={t('import.from')}
          value={from}
          onChange={(next) => {
            setFrom(next);
            choose(undefined);
          }}
          options={[
            { id: 'send', text: t('import.from.send') },
            { id: 'place', text: t('import.from.place') },
          ]}
        />
      ) : null}
      {ways.canPick ? (
        <PickButtons />
      ) : from === 'send' ? (
        <SendButtons />
      ) : (
        <PlaceBrowser places={ways.places} />
      )}
      <p role="status">{chosen === undefined ? <ChosenNone /> : <ChosenText chosen={chosen} />}</p>
    </>
  );
}

function ChosenNone() {
  const { t } = useText();
  return <span className="muted">{t('import.chosen.none')}</span>;
}

function ChosenText({ chosen }: { chosen: Chosen }) {
  const { t, language } = useText();
  if (chosen.type === 'picked' && chosen.picked.items > 1) {
    return t('import.chosen.more', { name: chosen.picked.name, more: chosen.picked.items - 1 });
  }
  if (chosen.type !== 'files') {
    return t('import.chosen', { name: chosen.type === 'picked' ? chosen.picked.name : chosen.name });
  }
  const size = chosen.files.reduce((sum, { file }) => sum + file.size, 0);
  return (
    <>
      {t('import.chosen', { name: chosen.name })}{' '}
      <span className="muted">
        {t('import.chosen.files', {
          count: formatCount(chosen.files.length, language),
          size: formatBytes(size, language),
        })}
      </span>
    </>
  );
}

/** Electron: the native dialog gives the page a name for what was chosen. */
function PickButtons() {
  const { t } = useText();
  const choose = useImportDialog((dialog) => dialog.choose);
  const pick = async (kind: 'folder' | 'files') => {
    const picked = await client.imports.pick({ kind }).catch(() => null);
    if (picked !== null) choose({ type: 'picked', picked });
  };
  return (
    <div className="import-buttons">
      <Button className="button" onPress={() => void pick('folder')}>
        {t('import.pick.folder')}
      </Button>
      <Button className="button" onPress={() => void pick('files')}>
        {t('import.pick.files')}
      </Button>
      <span className="muted">{t('import.drop')}</span>
    </div>
  );
}

/** A browser: the page holds the files and sends them. */
function SendButtons() {
  const { t } = useText();
  const choose = useImportDialog((dialog) => dialog.choose);
  const take = (list: FileList | null) => {
    if (list === null || list.length === 0) return;
    const files = filesOfInput(list);
    choose({ type: 'files', name: files[0]?.path[0] ?? '', files });
  };
  return (
    <div className="import-buttons">
      <FileTrigger acceptDirectory onSelect={take}>
        <Button className="button">{t('import.pick.folder')}</Button>
      </FileTrigger>
      <FileTrigger allowsMultiple onSelect={take}>
        <Button className="button">{t('import.pick.files')}</Button>
      </FileTrigger>
      <span className="muted">{t('import.drop')}</span>
    </div>
  );
}
