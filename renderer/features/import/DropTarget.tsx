import { useEffect, useState } from 'react';
import { useText } from '../../lib/i18n/index.ts';
import { filesOfDrop } from '../../lib/upload.ts';
import { useImportDialog } from '../../stores/importDialog.ts';

const isElectron = location.protocol === 'app:';

/**
 * The whole window takes a drop. In a browser the page holds the files; in Electron the preload hands their
 * paths to the main process, which answers with a name.
 */
export function DropTarget() {
  const { t } = useText();
  const open = useImportDialog((dialog) => dialog.open);
  const [state, setState] = useState<'none' | 'over' | 'reading'>('none');
  useEffect(() => {
    const hasFiles = (event: DragEvent) => event.dataTransfer?.types.includes('Files') === true;
    const over = (event: DragEvent) => {
      if (!hasFiles(event)) return;
      event.preventDefault();
      setState('over');
    };
    const leave = (event: DragEvent) => {
      if (event.relatedTarget === null) setState('none');
    };
    const drop = async (event: DragEvent) => {
      if (!hasFiles(event)) return;
      event.preventDefault();
      setState('none');
      const items = event.dataTransfer?.items;
      if (isElectron || items === undefined) return;
      setState('reading');
      const files = await filesOfDrop(items).catch(() => []);
      setState('none');
      if (files.length > 0) open({ type: 'files', name: files[0]?.path[0] ?? '', files });
    };
    const onDrop = (event: DragEvent) => void drop(event);
    window.addEventListener('dragover', over);
    window.addEventListener('dragleave', leave);
    window.addEventListener('drop', onDrop);
    return () => {
      window.removeEventListener('dragover', over);
      window.removeEventListener('dragleave', leave);
      window.removeEventListener('drop', onDrop);
    };
  }, [open]);
  if (state === 'none') return null;
  return (
    <div className="drop" role="status">
      {t(state === 'over' ? 'import.dropHere' : 'import.reading')}
    </div>
  );
}
