import { GantryError } from '../../base/errors.ts';
import { exportModel } from '../../studio/model/export.ts';
import { importModel, readModel } from '../../studio/model/import.ts';
import { openForReading, openOrCreate } from '../../studio/open.ts';
import type { CommandContext } from '../context.ts';
import { needed, type Parsed } from '../parse.ts';

/** `gantry model ACTION`: a generator with its card as one file, out of a workspace and into one. */
export async function modelCommand(parsed: Parsed, { out, signal }: CommandContext): Promise<void> {
  const [action, file] = parsed.operands;
  if (action === 'export' && file === undefined) {
    using ws = openForReading(needed(parsed, 'workspace'));
    const made = await exportModel(ws, needed(parsed, 'run'), needed(parsed, 'out'), signal);
    const evaluation = made.hasEvaluation ? ', with the card of its evaluation' : '';
    return out.done({ ...made }, `${made.file}: ${made.run} after ${made.images} images${evaluation}.`);
  }
  if (action === 'import' && file !== undefined) {
    const workspace = needed(parsed, 'workspace');
    // Read first: a file that is refused leaves no new workspace.
    const model = await readModel(file, { signal });
    using ws = openOrCreate(workspace);
    const made = await importModel(ws, model);
    return out.done(
      { ...made },
      `${made.run}: ${made.preset}, ${made.size} px, after ${made.images} images. Generate from it with: gantry generate --run ${made.run}`,
    );
  }
  throw new GantryError(
    'USAGE',
    'Say what to do with the model: export --run RUN --out FILE, or import FILE.',
  );
}
