import { mkdirSync } from 'node:fs';
import { join } from 'node:path';

/** Where a process leaves what it writes, and nowhere else. */
export interface Enclosed {
  /** All that it may write lies below: the workspace, caches, temporary files. */
  readonly home: string;
  readonly workspace: string;
  readonly env: NodeJS.ProcessEnv;
}

/** Makes such a place in a folder, to be searched afterwards. */
export function enclosed(folder: string): Enclosed {
  const home = join(folder, 'home');
  mkdirSync(join(home, 'tmp'), { recursive: true });
  return {
    home,
    workspace: join(home, 'workspace'),
    env: {
      HOME: home,
      TMPDIR: join(home, 'tmp'),
      XDG_CACHE_HOME: home,
      XDG_STATE_HOME: home,
      // Gantry's own code, compiled; words of the source ("Patient") are nobody's identity.
      NODE_COMPILE_CACHE: join(folder, 'code'),
    },
  };
}
