import { Input, Label, TextField } from 'react-aria-components';

export interface TextInputProps {
  readonly label: string;
  readonly value: string;
  readonly most?: number;
  readonly isInvalid?: boolean;
  readonly autoFocus?: boolean;
  onChange(value: string): void;
}

/** A labelled line of text. */
export function TextInput({
  label,
  value,
  most = 80,
  isInvalid = false,
  autoFocus,
  onChange,
}: TextInputProps) {
  return (
    <TextField
      className="field"
      value={value}
      onChange={onChange}
      maxLength={most}
      isInvalid={isInvalid}
      autoFocus={autoFocus === true}
    >
      <Label>{label}</Label>
      <Input className="input" />
    </TextField>
  );
}
