import { Button } from 'react-aria-components';
import type { Picked } from '../../src/contract/index.ts';
import { client } from '../lib/client.ts';
import { useText } from '../lib/i18n/index.ts';

/** The shell's dialog for a folder to write to, and what was chosen. */
export function FolderChoice({
  folder,
  onChoose,
}: {
  folder: Picked | undefined;
  onChoose: (folder: Picked) => void;
}) {
  const { t } = useText();
  const pick = async () => {
    const picked = await client.outputs.pick().catch(() => null);
    if (picked !== null) onChoose(picked);
  };
  return (
    <div className="import-buttons">
      <Button className="button" onPress={() => void pick()}>
        {t('generate.where.pick')}
      </Button>
      <span className={folder === undefined ? 'muted' : ''}>{folder?.name ?? t('generate.where.none')}</span>
    </div>
  );
}
