import { Workspace } from '../workspace/index.ts';

/** Opens a workspace that others may write to meanwhile. @throws NOT_FOUND, WORKSPACE_INVALID, WORKSPACE_TOO_NEW */
export function openForReading(dir: string): Workspace {
  return Workspace.open(dir);
}

/** Opens a workspace as its one writer. @throws also WORKSPACE_BUSY */
export function openForWriting(dir: string): Workspace {
  return Workspace.open(dir, { write: true });
}

/** As `openForWriting`, and makes the workspace where there is none. */
export function openOrCreate(dir: string): Workspace {
  return Workspace.openOrCreate(dir, { write: true });
}

/** Opens or makes a workspace for a use case that takes the right to write itself, and can then say what has it. */
export function openForImport(dir: string): Workspace {
  return Workspace.openOrCreate(dir);
}
