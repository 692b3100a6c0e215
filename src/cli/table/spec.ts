/** An option of a command. */
export interface OptionSpec {
  readonly kind: 'flag' | 'string' | 'integer' | 'number';
  /** Placeholder in the help, "N" or "DIR". */
  readonly value?: string;
  readonly help: string;
  readonly required?: boolean;
  readonly choices?: readonly string[];
  readonly min?: number;
  readonly max?: number;
  /** Shown in the help; the use case applies it. */
  readonly defaultText?: string;
}

export interface CommandSpec {
  readonly name: string;
  readonly summary: string;
  readonly detail?: string;
  readonly operands?: {
    readonly name: string;
    readonly min: number;
    readonly max: number;
    readonly help: string;
  };
  readonly options: Readonly<Record<string, OptionSpec>>;
  /** What `--json` gives, in words. */
  readonly json: string;
}
