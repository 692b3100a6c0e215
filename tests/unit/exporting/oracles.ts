import { spawnSync } from 'node:child_process';

/** Judges of what we write that are not ours: a test that lacks one is skipped and says so. */
function works(command: string, args: readonly string[]): boolean {
  return spawnSync(command, args, { stdio: 'ignore' }).error === undefined;
}

function announce(found: boolean, name: string, how: string): boolean {
  if (!found) console.warn(`SKIPPED: ${name} was not found on PATH; ${how}`);
  return found;
}

export const hasDciodvfy = announce(
  works('dciodvfy', []) && works('dcentvfy', []),
  'dciodvfy',
  'apt-get install dicom3tools',
);
export const hasDcmdump = announce(works('dcmdump', ['--version']), 'dcmdump', 'apt-get install dcmtk');

/** A Python that has pydicom and numpy: $GANTRY_PYTHON, the system's, or the first on PATH. */
export const python = [process.env.GANTRY_PYTHON, '/usr/bin/python3', 'python3'].find(
  (candidate) =>
    candidate !== undefined && spawnSync(candidate, ['-c', 'import pydicom, numpy']).status === 0,
);
export const hasPydicom = announce(
  python !== undefined,
  'Python with pydicom',
  'apt-get install python3-pydicom',
);

/** Runs a Python script with `arguments_` as sys.argv[1:], which prints one JSON value. */
export function runPython(script: string, arguments_: readonly string[]): unknown {
  const run = spawnSync(python ?? 'python3', ['-c', script, ...arguments_], {
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  if (run.status !== 0) throw new Error(run.stderr);
  return JSON.parse(run.stdout);
}

/** Errors of dciodvfy but the one about (0008,001C), which it is too old to know. Its exit status says little. */
export function dciodvfyErrors(file: string): string[] {
  const run = spawnSync('dciodvfy', [file], { encoding: 'utf8' });
  return `${run.stdout}\n${run.stderr}`
    .split('\n')
    .filter((line) => /\bError\b/i.test(line) && !/\(0x0008,0x001c\)/i.test(line));
}
