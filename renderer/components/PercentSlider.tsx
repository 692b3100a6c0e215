import { Label, Slider, SliderOutput, SliderThumb, SliderTrack } from 'react-aria-components';

export interface PercentSliderProps {
  readonly label: string;
  readonly value: number;
  readonly min: number;
  readonly max: number;
  onChange(value: number): void;
}

/** A labelled slider in percent. */
export function PercentSlider({ label, value, min, max, onChange }: PercentSliderProps) {
  return (
    <Slider
      className="field slider-field"
      minValue={min}
      maxValue={max}
      value={value}
      onChange={onChange}
      formatOptions={{ style: 'unit', unit: 'percent', maximumFractionDigits: 0 }}
    >
      <Label>{label}</Label>
      <SliderOutput className="mono" />
      <SliderTrack className="slider-track">
        <SliderThumb className="slider-thumb" />
      </SliderTrack>
    </Slider>
  );
}
