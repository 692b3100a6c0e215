import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

/** What tests use beyond npm: each found on PATH, else installed from Debian's packages, else named. */
const tools = [
  { command: 'chromium', packages: ['chromium'], what: 'a browser for the end-to-end specs' },
  { command: 'dcmdump', packages: ['dcmtk'], what: 'an independent DICOM reader' },
  { command: 'dciodvfy', packages: ['dicom3tools'], what: 'the DICOM validator' },
] as const;

const pythonPackages = ['python3-pydicom', 'python3-gdcm', 'python3-nibabel'];

function onPath(command: string): boolean {
  const found = spawnSync(process.platform === 'win32' ? 'where' : 'which', [command], { stdio: 'ignore' });
  return found.status === 0;
}

function hasPydicom(): boolean {
  const python = existsSync('/usr/bin/python3') ? '/usr/bin/python3' : 'python3';
  return spawnSync(python, ['-c', 'import pydicom, gdcm, nibabel'], { stdio: 'ignore' }).status === 0;
}

/** Makes the test tools available where apt and root allow it; says what stays missing. */
export function ensureTestTools(): void {
  const missing: string[] = tools.filter((t) => !onPath(t.command)).flatMap((t) => [...t.packages]);
  if (!hasPydicom()) missing.push(...pythonPackages);
  if (missing.length === 0) return;
  const canInstall = process.platform === 'linux' && process.getuid?.() === 0 && onPath('apt-get');
  if (canInstall) {
    process.stdout.write(`Installing for the tests: ${missing.join(', ')}\n`);
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    spawnSync('apt-get', ['update', '-qq'], { stdio: 'inherit', env });
    // One by one: a distribution that lacks one of them shall still get the others.
    for (const name of missing) {
      spawnSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', name], {
        stdio: ['ignore', 'ignore', 'inherit'],
        env,
      });
    }
  }
  for (const tool of tools) {
    if (!onPath(tool.command)) {
      process.stdout.write(
        `MISSING: ${tool.command} (${tool.what}); its tests will skip. On Debian: apt-get install ${tool.packages.join(' ')}\n`,
      );
    }
  }
  if (!hasPydicom()) {
    process.stdout.write(
      `MISSING: pydicom with GDCM and nibabel; their tests will skip. On Debian: apt-get install ${pythonPackages.join(' ')}\n`,
    );
  }
}
