import { parseArgs } from 'node:util';
import { GantryError } from '../base/errors.ts';
import { type CommandSpec, commonOptions, type OptionSpec } from './table.ts';

export interface Parsed {
  readonly operands: readonly string[];
  readonly values: Readonly<Record<string, string | number | boolean>>;
}

function usage(message: string, command: string): GantryError {
  return new GantryError('USAGE', message, { action: `See \`gantry ${command} --help\`.` });
}

function convert(name: string, raw: string, spec: OptionSpec, command: string): string | number {
  if (spec.choices && !spec.choices.includes(raw)) {
    throw usage(`--${name} must be one of ${spec.choices.join(', ')}, not "${raw}".`, command);
  }
  if (spec.kind === 'string') {
    if (raw === '') throw usage(`--${name} must not be empty.`, command);
    return raw;
  }
  const value = Number(raw);
  const whole = spec.kind === 'integer';
  if (raw.trim() === '' || !Number.isFinite(value) || (whole && !Number.isSafeInteger(value))) {
    throw usage(`--${name} must be a ${whole ? 'whole ' : ''}number, not "${raw}".`, command);
  }
  if (spec.min !== undefined && value < spec.min) {
    throw usage(`--${name} must be at least ${spec.min}, not ${raw}.`, command);
  }
  if (spec.max !== undefined && value > spec.max) {
    throw usage(`--${name} must be at most ${spec.max}, not ${raw}.`, command);
  }
  return value;
}

/** `--count -3` is a value and no option, so that the table's limits can answer it. */
function joinNegative(argv: readonly string[], options: Readonly<Record<string, OptionSpec>>): string[] {
  const args: string[] = [];
  for (const argument of argv) {
    const option = options[args.at(-1)?.replace(/^--/, '') ?? ''];
    const takesNumber = option?.kind === 'integer' || option?.kind === 'number';
    if (takesNumber && /^-\.?\d/.test(argument)) args.push(`${args.pop()}=${argument}`);
    else args.push(argument);
  }
  return args;
}

/** Node's messages about arguments without their advice on writing parsers. */
function readable({ code, message }: Error & { code?: string }): string {
  const name = /'(-[^' ]*)/.exec(message)?.[1] ?? 'The option';
  if (code === 'ERR_PARSE_ARGS_UNKNOWN_OPTION') return `There is no option ${name}.`;
  if (/does not take an argument/.test(message)) return `${name} takes no value.`;
  if (code === 'ERR_PARSE_ARGS_INVALID_OPTION_VALUE') return `${name} needs a value.`;
  return message;
}

/** Parses the arguments behind a command's name. Throws USAGE for anything that the table does not allow. */
export function parseCommand(spec: CommandSpec, argv: readonly string[]): Parsed {
  const options: Record<string, OptionSpec> = { ...spec.options, ...commonOptions };
  let result: ReturnType<typeof parseArgs>;
  try {
    result = parseArgs({
      args: joinNegative(argv, options),
      allowPositionals: true,
      strict: true,
      options: Object.fromEntries(
        Object.entries(options).map(([name, o]) => [
          name,
          {
            type: o.kind === 'flag' ? ('boolean' as const) : ('string' as const),
            ...(name === 'help' ? { short: 'h' } : {}),
          },
        ]),
      ),
    });
  } catch (error) {
    throw usage(readable(error as Error & { code?: string }), spec.name);
  }
  const values: Record<string, string | number | boolean> = {};
  for (const [name, raw] of Object.entries(result.values)) {
    const option = options[name];
    if (option === undefined || raw === undefined) continue;
    values[name] = typeof raw === 'string' ? convert(name, raw, option, spec.name) : raw === true;
  }
  if (values.help === true) return { operands: result.positionals, values };
  for (const [name, option] of Object.entries(options)) {
    if (option.required && values[name] === undefined) {
      throw usage(`--${name} ${option.value ?? ''} is needed.`, spec.name);
    }
  }
  const { operands } = spec;
  const given = result.positionals.length;
  if (given < (operands?.min ?? 0)) throw usage(`${operands?.name ?? 'An operand'} is needed.`, spec.name);
  if (given > (operands?.max ?? 0)) {
    throw usage(`"${result.positionals[operands?.max ?? 0]}" is one operand too many.`, spec.name);
  }
  return { operands: result.positionals, values };
}

/** An option's value as the kind that the table gives it; undefined when it was not given. */
export function text(parsed: Parsed, name: string): string | undefined {
  const value = parsed.values[name];
  return typeof value === 'string' ? value : undefined;
}

export function number(parsed: Parsed, name: string): number | undefined {
  const value = parsed.values[name];
  return typeof value === 'number' ? value : undefined;
}

/** A needed option, which `parseCommand` has made sure of. */
export function needed(parsed: Parsed, name: string): string {
  const value = text(parsed, name);
  if (value === undefined) throw new GantryError('USAGE', `--${name} is needed.`);
  return value;
}
