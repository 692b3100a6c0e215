import { useId } from 'react';
import { ToggleButton, ToggleButtonGroup } from 'react-aria-components';

export interface SegmentsProps<K extends string> {
  readonly label: string;
  /** For screen readers only. */
  readonly labelHidden?: boolean;
  readonly options: readonly { readonly id: NoInfer<K>; readonly text: string }[];
  readonly value: K;
  onChange(value: NoInfer<K>): void;
}

/** A choice of one among a few, all of them in view. */
export function Segments<K extends string>({
  label,
  labelHidden,
  options,
  value,
  onChange,
}: SegmentsProps<K>) {
  const id = useId();
  return (
    <div className="control">
      <span id={id} className={labelHidden === true ? 'visually-hidden' : 'control-label'}>
        {label}
      </span>
      <ToggleButtonGroup
        className="segments"
        aria-labelledby={id}
        selectionMode="single"
        disallowEmptySelection
        selectedKeys={[value]}
        onSelectionChange={(keys) => {
          const chosen = options.find((option) => keys.has(option.id));
          if (chosen !== undefined) onChange(chosen.id);
        }}
      >
        {options.map((option) => (
          <ToggleButton key={option.id} id={option.id} className="segment">
            {option.text}
          </ToggleButton>
        ))}
      </ToggleButtonGroup>
    </div>
  );
}
