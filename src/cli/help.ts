import { appVersion } from '../base/runtime.ts';
import { type CommandSpec, commands, commonOptions, exitStatuses, type OptionSpec } from './table.ts';

function optionName(name: string, spec: OptionSpec): string {
  return spec.kind === 'flag' ? `--${name}` : `--${name} ${spec.value ?? 'VALUE'}`;
}

function optionText(spec: OptionSpec): string {
  const parts = [spec.help];
  const unnamed = spec.choices?.some((choice) => !spec.help.includes(choice));
  if (spec.choices && unnamed) parts.push(`One of ${spec.choices.join(', ')}.`);
  if (spec.required) parts.push('Needed.');
  if (spec.defaultText !== undefined) parts.push(`Default: ${spec.defaultText}.`);
  return parts.join(' ');
}

function wrap(text: string, width: number, indent: string): string {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line && line.length + word.length + 1 > width) {
      lines.push(line);
      line = word;
    } else line = line ? `${line} ${word}` : word;
  }
  lines.push(line);
  return lines.join(`\n${indent}`);
}

function usageLine(spec: CommandSpec): string {
  const { operands } = spec;
  const operand =
    operands === undefined
      ? ''
      : ` ${operands.min === 0 ? `[${operands.name}…]` : `${operands.name}${operands.max > 1 ? '…' : ''}`}`;
  const needed = Object.entries(spec.options as Record<string, OptionSpec>)
    .filter(([, o]) => o.required)
    .map(([name, o]) => ` ${optionName(name, o)}`)
    .join('');
  return `gantry ${spec.name}${operand}${needed} [options]`;
}

/** `gantry --help`. */
export function overview(): string {
  const rows = commands.map((c) => `  ${c.name.padEnd(10)}${c.summary}`);
  return [
    `Gantry ${appVersion}: medical image synthesis on your own machine. Research only, not a medical device.`,
    '',
    'usage: gantry COMMAND [options]',
    '',
    ...rows,
    '',
    '`gantry COMMAND --help` explains a command; `gantry --version` prints the version.',
  ].join('\n');
}

/** `gantry COMMAND --help`. */
export function commandHelp(spec: CommandSpec): string {
  const all = { ...spec.options, ...commonOptions } as Record<string, OptionSpec>;
  const names = Object.entries(all).map(([name, o]) => [optionName(name, o), optionText(o)] as const);
  if (spec.operands) names.unshift([spec.operands.name, spec.operands.help]);
  const width = Math.max(...names.map(([n]) => n.length)) + 2;
  const indent = ' '.repeat(width + 2);
  return [
    wrap(spec.summary, 90, ''),
    ...(spec.detail ? [wrap(spec.detail, 90, '')] : []),
    '',
    `usage: ${usageLine(spec)}`,
    '',
    ...names.map(([name, text]) => `  ${name.padEnd(width)}${wrap(text, 88 - width, indent)}`),
    '',
    `--json: ${wrap(spec.json, 80, '        ')}`,
  ].join('\n');
}

const cell = (text: string) => text.replaceAll('|', '\\|');

/** docs/cli.md, whole. `scripts/docs.ts` writes it; a test compares. */
export function markdown(errorCodes: Readonly<Record<string, string>>): string {
  const lines = [
    '# The gantry command line',
    '',
    'Made from the table in `src/cli/table.ts` by `node scripts/docs.ts`; do not edit.',
    '',
    'With `--json` a command prints one JSON object a line on stdout, `{"type":"item"|"progress"|"warning"|"done"|"error",…}`, a `done` or `error` last; logs go to stderr. Readers may run while one writer works on a workspace; a second writer is refused (`WORKSPACE_BUSY`). Every command also takes `--help` (`-h`). Objects may carry more fields than are named here; those that are named stay.',
    '',
    '## Exit status',
    '',
    '| status | meaning |',
    '|---|---|',
    ...exitStatuses.map(([status, meaning]) => `| ${status} | ${meaning} |`),
    '',
  ];
  for (const spec of commands as readonly CommandSpec[]) {
    lines.push(`## ${spec.name}`, '', spec.summary, '', ...(spec.detail ? [spec.detail, ''] : []));
    lines.push('```', usageLine(spec), '```', '');
    const rows = Object.keys(spec.options).length + (spec.operands ? 1 : 0);
    if (rows > 0) lines.push('| option | meaning |', '|---|---|');
    if (spec.operands) lines.push(`| \`${spec.operands.name}\` | ${cell(spec.operands.help)} |`);
    for (const [name, o] of Object.entries(spec.options)) {
      lines.push(`| \`${optionName(name, o)}\` | ${cell(optionText(o))} |`);
    }
    lines.push(...(rows > 0 ? [''] : []), `\`--json\`: ${spec.json}`, '');
  }
  lines.push(
    '## Run states',
    '',
    '`queued`, `running`, `paused`, `stopped`, `completed`, `failed`, `interrupted`.',
    '',
  );
  lines.push('## Error codes', '', '| code | meaning |', '|---|---|');
  for (const [code, text] of Object.entries(errorCodes)) lines.push(`| \`${code}\` | ${cell(text)} |`);
  return `${lines.join('\n')}\n`;
}
