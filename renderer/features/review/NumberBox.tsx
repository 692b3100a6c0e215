import { useState } from 'react';
import { Input, Label, TextField } from 'react-aria-components';

export interface NumberBoxProps {
  readonly label: string;
  readonly value: number;
  readonly min: number;
  readonly max: number;
  onChange(value: number): void;
}

/**
 * A labelled whole number; what is typed is brought into its range when the field is left. Not React Aria's
 * NumberField: that tells its value to screen readers through `innerHTML`, which the app's policy refuses.
 */
export function NumberBox({ label, value, min, max, onChange }: NumberBoxProps) {
  const [typed, setTyped] = useState<string>();
  const inRange = (text: string) => Math.min(max, Math.max(min, Math.round(Number(text))));
  return (
    <TextField
      className="field"
      value={typed ?? String(value)}
      onChange={(text) => {
        setTyped(text);
        if (/^\d+$/.test(text) && inRange(text) === Number(text)) onChange(Number(text));
      }}
      onBlur={() => {
        if (typed !== undefined && /^\d+$/.test(typed)) onChange(inRange(typed));
        setTyped(undefined);
      }}
    >
      <Label>{label}</Label>
      <Input className="input" inputMode="numeric" />
    </TextField>
  );
}
