import {
  Autocomplete,
  Dialog,
  Input,
  Menu,
  MenuItem,
  Modal,
  ModalOverlay,
  SearchField,
  useFilter,
} from 'react-aria-components';
import { useText } from '../lib/i18n/index.ts';
import { commands, shortcutText, usePalette } from './commands.ts';
import './CommandPalette.css';

/** Every command by its name: Ctrl+K, a few letters, Enter. */
export function CommandPalette() {
  const { t } = useText();
  const { isOpen, set } = usePalette();
  const { contains } = useFilter({ sensitivity: 'base' });
  return (
    <ModalOverlay className="veil top" isDismissable isOpen={isOpen} onOpenChange={set}>
      <Modal className="dialog palette">
        <Dialog aria-label={t('app.commands')}>
          <Autocomplete filter={contains}>
            <SearchField className="palette-search" aria-label={t('app.commands.search')} autoFocus>
              <Input placeholder={t('app.commands.search')} />
            </SearchField>
            <Menu
              className="palette-menu"
              aria-label={t('app.commands')}
              items={commands}
              renderEmptyState={() => <p className="muted palette-none">{t('app.commands.none')}</p>}
              onAction={(id) => {
                set(false);
                commands.find((command) => command.id === id)?.run();
              }}
            >
              {(command) => (
                <MenuItem id={command.id} className="palette-item" textValue={t(command.title)}>
                  {t(command.title)}
                  {command.key === undefined ? null : (
                    <kbd className="mono muted">{shortcutText(command.key, command.shift)}</kbd>
                  )}
                </MenuItem>
              )}
            </Menu>
          </Autocomplete>
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}
