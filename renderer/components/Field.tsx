import {
  Button,
  Input,
  Label,
  ListBox,
  ListBoxItem,
  NumberField,
  Popover,
  Select,
  SelectValue,
} from 'react-aria-components';
import './Field.css';

export interface NumberInputProps {
  readonly label: string;
  readonly value: number;
  readonly min: number;
  readonly max: number;
  onChange(value: number): void;
}

/** A labelled number; what is typed is brought into its range. */
export function NumberInput({ label, value, min, max, onChange }: NumberInputProps) {
  return (
    <NumberField className="field" value={value} minValue={min} maxValue={max} onChange={onChange}>
      <Label>{label}</Label>
      <Input className="input" />
    </NumberField>
  );
}

export interface ChoiceProps {
  readonly label: string;
  readonly value: string;
  readonly options: readonly string[];
  onChange(value: string): void;
}

/** A labelled choice of one among several. */
export function Choice({ label, value, options, onChange }: ChoiceProps) {
  return (
    <Select className="field" value={value} onChange={(key) => onChange(String(key))}>
      <Label>{label}</Label>
      <Button className="input choice">
        <SelectValue />
        <span aria-hidden="true">▾</span>
      </Button>
      <Popover className="popover">
        <ListBox className="options">
          {options.map((option) => (
            <ListBoxItem key={option} id={option} className="option">
              {option}
            </ListBoxItem>
          ))}
        </ListBox>
      </Popover>
    </Select>
  );
}
