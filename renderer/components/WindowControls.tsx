import { Button } from 'react-aria-components';
import { type PercentWindow, wholeWindow } from '../lib/comparison.ts';
import { useText } from '../lib/i18n/index.ts';
import { PercentSlider } from './PercentSlider.tsx';

export interface WindowControlsProps {
  readonly window: PercentWindow;
  readonly onChange: (window: PercentWindow) => void;
}

/** Centre and width of one window over several pictures, and the way back to the whole. */
export function WindowControls({ window, onChange }: WindowControlsProps) {
  const { t } = useText();
  return (
    <>
      <PercentSlider
        label={t('compare.centre')}
        value={window.centre}
        min={0}
        max={100}
        onChange={(centre) => onChange({ ...window, centre })}
      />
      <PercentSlider
        label={t('compare.width')}
        value={window.width}
        min={1}
        max={200}
        onChange={(width) => onChange({ ...window, width })}
      />
      <Button className="button" onPress={() => onChange(wholeWindow)}>
        {t('compare.reset')}
      </Button>
    </>
  );
}
