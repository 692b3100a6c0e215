import { Button, ToggleButton } from 'react-aria-components';
import { type ColormapName, colormapNames } from '../../../../src/display/colormap.ts';
import { presetWindow, windowPresets } from '../../../../src/display/presets.ts';
import { Choice } from '../../../components/Field.tsx';
import { Segments } from '../../../components/Segments.tsx';
import { useText } from '../../../lib/i18n/index.ts';
import type { ViewImage } from './image.ts';
import { KeysDialog } from './KeysDialog.tsx';
import { layouts, modes, tools, useView } from './viewState.ts';

/** Tools, window presets and looks of the viewer. */
export function Toolbar({ image, hasPair }: { image: ViewImage | undefined; hasPair: boolean }) {
  const { t } = useText();
  const state = useView();
  const { set } = state;
  const presets = windowPresets(image?.modality ?? null, image?.unit ?? null);
  const names = ['own', ...presets.map(({ name }) => name)];
  const textOf = (name: string) => t(`review.preset.${name as 'own'}`);
  const colourText = (name: string) => t(`review.colours.${name as ColormapName}`);
  return (
    <div className="viewer-tools" role="toolbar" aria-label={t('review.tools')}>
      <Segments
        label={t('review.tool')}
        labelHidden
        value={state.tool}
        onChange={(tool) => set({ tool })}
        options={tools.map((id) => ({ id, text: t(`review.tool.${id}`) }))}
      />
      <Segments
        label={t('review.layout')}
        labelHidden
        value={state.layout}
        onChange={(layout) => set({ layout })}
        options={layouts.map((id) => ({ id, text: id.replace('x', '×') }))}
      />
      {hasPair ? (
        <Segments
          label={t('review.mode')}
          labelHidden
          value={state.mode}
          onChange={(mode) => set({ mode, colours: mode === 'difference' ? 'difference' : 'grey' })}
          options={modes.map((id) => ({ id, text: t(`review.mode.${id}`) }))}
        />
      ) : null}
      <Choice
        label={t('review.preset')}
        value={textOf('own')}
        options={names.map(textOf)}
        onChange={(chosen) => {
          const preset = presets.find(({ name }) => textOf(name) === chosen);
          const absolute =
            preset === undefined || image === undefined ? null : presetWindow(preset, image.own);
          set({ absolute, window: { shift: 0, scale: 1 } });
        }}
      />
      <Choice
        label={t('review.colours')}
        value={colourText(state.colours)}
        options={colormapNames.map(colourText)}
        onChange={(chosen) =>
          set({ colours: colormapNames.find((name) => colourText(name) === chosen) ?? 'grey' })
        }
      />
      <ToggleButton className="button" isSelected={state.invert} onChange={(invert) => set({ invert })}>
        {t('review.invert')}
      </ToggleButton>
      <ToggleButton className="button" isSelected={state.smooth} onChange={(smooth) => set({ smooth })}>
        {t('review.smooth')}
      </ToggleButton>
      <Button className="button" onPress={state.reset}>
        {t('review.reset')}
      </Button>
      <KeysDialog />
      {hasPair && state.mode === 'split' ? (
        <label className="split-place">
          {t('review.split')}
          <input
            type="range"
            min={0}
            max={100}
            value={Math.round(state.split * 100)}
            onChange={(event) => set({ split: Number(event.target.value) / 100 })}
          />
        </label>
      ) : null}
    </div>
  );
}
