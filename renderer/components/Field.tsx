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
  Text,
  TextField,
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

export interface TextInputProps {
  readonly label: string;
  readonly hint?: string;
  readonly value: string;
  readonly maxLength: number;
  onChange(value: string): void;
}

/** A labelled line of text. */
export function TextInput({ label, hint, value, maxLength, onChange }: TextInputProps) {
  return (
    <TextField className="field" value={value} maxLength={maxLength} onChange={onChange}>
      <Label>{label}</Label>
      <Input className="input" autoComplete="off" />
      {hint === undefined ? null : (
        <Text slot="description" className="field-hint">
          {hint}
        </Text>
      )}
    </TextField>
  );
}

export interface ChoiceProps {
  readonly label: string;
  readonly value: string;
  readonly options: readonly string[];
  /** How an option is written; by default as it is. */
  textOf?(option: string): string;
  onChange(value: string): void;
}

/** A labelled choice of one among several. */
export function Choice({ label, value, options, textOf, onChange }: ChoiceProps) {
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
            <ListBoxItem key={option} id={option} className="option" textValue={textOf?.(option) ?? option}>
              {textOf?.(option) ?? option}
            </ListBoxItem>
          ))}
        </ListBox>
      </Popover>
    </Select>
  );
}
