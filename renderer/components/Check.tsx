import { Checkbox } from 'react-aria-components';

export interface CheckProps {
  readonly isSelected: boolean;
  readonly text: string;
  onChange(isSelected: boolean): void;
}

/** Something that is on or off, with its words. */
export function Check({ isSelected, text, onChange }: CheckProps) {
  return (
    <Checkbox className="check" isSelected={isSelected} onChange={onChange}>
      <span className="check-box" aria-hidden="true" />
      {text}
    </Checkbox>
  );
}
