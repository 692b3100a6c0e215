import type { CommandContext } from './context.ts';
import type { Parsed } from './parse.ts';
import type { CommandName } from './table.ts';

type Command = (parsed: Parsed, context: CommandContext) => Promise<void>;

/** Loaded on demand, so that `gantry datasets` does not load the engine. */
const loaders: Record<CommandName, () => Promise<Command>> = {
  doctor: async () => (await import('./commands/doctor.ts')).doctorCommand,
  inspect: async () => (await import('./commands/inspect.ts')).inspectCommand,
  import: async () => (await import('./commands/import.ts')).importCommand,
  datasets: async () => (await import('./commands/datasets.ts')).datasetsCommand,
  labels: async () => (await import('./commands/labels.ts')).labelsCommand,
  check: async () => (await import('./commands/check.ts')).checkCommand,
  slices: async () => (await import('./commands/slices.ts')).slicesCommand,
  runs: async () => (await import('./commands/list.ts')).runsCommand,
  plan: async () => (await import('./commands/plan.ts')).planCommand,
  train: async () => (await import('./commands/train.ts')).trainCommand,
  curves: async () => (await import('./commands/curves.ts')).curvesCommand,
  sweep: async () => (await import('./commands/sweep.ts')).sweepCommand,
  generate: async () => (await import('./commands/generate.ts')).generateCommand,
  latent: async () => (await import('./commands/latent.ts')).latentCommand,
  sheet: async () => (await import('./commands/sheet.ts')).sheetCommand,
  recognise: async () => (await import('./commands/recognise.ts')).recogniseCommand,
  evaluate: async () => (await import('./commands/evaluate.ts')).evaluateCommand,
  card: async () => (await import('./commands/card.ts')).cardCommand,
  package: async () => (await import('./commands/package.ts')).packageCommand,
  study: async () => (await import('./commands/study.ts')).studyCommand,
  model: async () => (await import('./commands/model.ts')).modelCommand,
  demo: async () => (await import('./commands/demo.ts')).demoCommand,
  serve: async () => (await import('./commands/serve.ts')).serveCommand,
};

export async function runCommand(name: CommandName, parsed: Parsed, context: CommandContext): Promise<void> {
  const command = await loaders[name]();
  await command(parsed, context);
}
