import { openForReading } from '../../studio/open.ts';
import { predictionText, predictTraining } from '../../studio/predict/index.ts';
import { planRun } from '../../studio/train/index.ts';
import type { CommandContext } from '../context.ts';
import { needed, type Parsed } from '../parse.ts';
import { newTraining } from './train.ts';

/** `gantry plan`: what a training would take, without training. */
export async function planCommand(parsed: Parsed, { out }: CommandContext): Promise<void> {
  using ws = openForReading(needed(parsed, 'workspace'));
  const planned = await planRun(ws, newTraining(parsed));
  const prediction = await predictTraining(ws, planned, { test: true });
  for (const { code, message, action } of prediction.warnings) {
    out.warning({ code, message: `${message} ${action}` });
  }
  out.done({ prediction }, predictionText(prediction));
}
