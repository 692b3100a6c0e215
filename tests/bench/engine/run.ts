/**
 * Times one network in a process of its own, so that its peak memory is its own. Prints one JSON line, OurResult.
 *   node run.ts '{"net": "r3", "threads": 2, "steps": 4, "clock": "wall", "without": [], "shards": 4}'
 */
import { createRunner, programCost } from '../../../src/engine/index.ts';
import type { PassName } from '../../../src/engine/passes/index.ts';
import { entries, passNets } from './nets.ts';

export interface OurJob {
  readonly net: string;
  readonly threads: number;
  readonly steps: number;
  readonly clock: 'wall' | 'cpu';
  readonly without: readonly PassName[];
  readonly shards: number;
}
export interface OurResult {
  readonly name: string;
  readonly imagesPerSecond: number;
  /** Floating-point operations of convolutions and matrix products for an image. */
  readonly flopsPerImage: number;
  readonly peakMb: number;
}

const job = JSON.parse(process.argv[2]!) as OurJob;
const entry = entries[job.net];
const net = entry ? entry.make(job.shards) : passNets[job.net]!();
const program = entry?.program ?? 'step';

/** Milliseconds on the clock that is asked for. */
function now(): number {
  if (job.clock === 'wall') return performance.now();
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

const runner = await createRunner(net.spec, { device: 'cpu', threads: job.threads, without: job.without });
runner.setState(net.state);
const drawn = net.inputs();
const names = Object.keys(net.spec.programs[program]!.inputs);
const inputs = Object.fromEntries(names.map((key) => [key, drawn[key]!]));
for (let i = 0; i < 2; i++) await runner.run(program, inputs);
const start = now();
for (let i = 0; i < job.steps; i++) await runner.run(program, inputs);
const seconds = (now() - start) / 1000;
const peakMb = Math.round(process.resourceUsage().maxRSS / 1024);
await runner.dispose();
const result: OurResult = {
  name: program === 'step' ? net.name : `${net.name} ${program}`,
  imagesPerSecond: (net.batch * job.steps) / seconds,
  flopsPerImage: programCost(net.spec.programs[program]!, net.spec.state).flops / net.batch,
  peakMb,
};
process.stdout.write(`${JSON.stringify(result)}\n`);
