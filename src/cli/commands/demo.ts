import { runDemo } from '../../studio/demo/index.ts';
import { noticeText } from '../../studio/notices.ts';
import type { CommandContext } from '../context.ts';
import { bar, duration } from '../output.ts';
import { number, type Parsed, text } from '../parse.ts';
import { importFields, importText } from './import.ts';
import { reportTraining, throwIfStopped, trainingFields } from './train.ts';

export async function demoCommand(parsed: Parsed, { out, signal }: CommandContext): Promise<void> {
  const started = performance.now();
  const result = await runDemo(
    {
      paths: parsed.operands,
      outDir: text(parsed, 'out') ?? 'gantry-demo',
      minutes: number(parsed, 'minutes') ?? 8,
      preset: text(parsed, 'preset'),
      size: number(parsed, 'size'),
      device: text(parsed, 'device'),
      seed: number(parsed, 'seed') ?? 1,
      count: number(parsed, 'count') ?? 64,
    },
    {
      onStage: (stage, message) => out.item({ stage }, message),
      onProgress: (stage, done, total) =>
        out.progress({ stage, done, total }, `${bar(done / total)} ${done} of ${total}`),
      onImported: (imported) => {
        for (const code of imported.notices)
          out.warning({ stage: 'import', code, message: noticeText(code) });
        out.item({ stage: 'import', ...importFields(imported) }, importText(imported));
      },
      onRun: (run) =>
        out.item(
          { stage: 'train', run: run.id },
          `${run.id}: preset ${run.preset}, ${run.size} px, ${run.device}`,
        ),
      onTraining: reportTraining(out, { stage: 'train' }),
    },
    signal,
  );
  const { workspace, training, sheet, dicom, files } = result;
  const paths = { workspace, sheet, dicom };
  throwIfStopped(training, paths);
  const seconds = (performance.now() - started) / 1000;
  out.done(
    { ...trainingFields(training), ...paths, seconds, trainingSeconds: training.seconds },
    [
      `Done in ${duration(seconds)}: ${training.images} images, ${training.imagesPerSecond.toFixed(1)} a second.`,
      `  contact sheet    ${sheet}`,
      `  synthetic DICOM  ${dicom} (${files} files)`,
      `  workspace        ${workspace}`,
      `Look at the run in the app: npm run gantry -- serve --workspace ${workspace}`,
    ].join('\n'),
  );
}
