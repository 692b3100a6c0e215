import { useState } from 'react';
import {
  Button,
  Input,
  Label,
  ListBox,
  ListBoxItem,
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
  /** Told whether what stands in the field is a number of its range; when it is left, it is. */
  onValid?(isValid: boolean): void;
}

/**
 * A labelled whole number; what is typed is brought into its range when the field is left. Not React Aria's
 * NumberField: that tells its value to screen readers through `innerHTML`, which the app's policy refuses.
 */
export function NumberInput({ label, value, min, max, onChange, onValid }: NumberInputProps) {
  const [typed, setTyped] = useState<string>();
  const inRange = (text: string) => Math.min(max, Math.max(min, Math.round(Number(text))));
  return (
    <TextField
      className="field"
      value={typed ?? String(value)}
      onChange={(text) => {
        setTyped(text);
        const isValid = /^\d+$/.test(text) && inRange(text) === Number(text);
        onValid?.(isValid);
        if (isValid) onChange(Number(text));
      }}
      onBlur={() => {
        if (typed !== undefined && /^\d+$/.test(typed)) onChange(inRange(typed));
        setTyped(undefined);
        onValid?.(true);
      }}
    >
      <Label>{label}</Label>
      <Input className="input" inputMode="numeric" autoComplete="off" />
    </TextField>
  );
}

export interface TextInputProps {
  readonly label: string;
  readonly hint?: string;
  readonly value: string;
  readonly maxLength?: number;
  readonly isInvalid?: boolean;
  readonly autoFocus?: boolean;
  onChange(value: string): void;
}

/** A labelled line of text. */
export function TextInput({ label, hint, value, maxLength = 80, ...rest }: TextInputProps) {
  return (
    <TextField className="field" value={value} maxLength={maxLength} {...rest}>
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
