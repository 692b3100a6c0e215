/**
 * Times one network in a process of its own, so that its peak memory is its own. Prints one JSON line, OurResult.
 *   node run.ts '{"net": "r3", "threads": 2, "steps": 4, "clock": "wall", "without": [], "shards": 4}'
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
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
  /** Folder to write the weights, the latents and the images made of them to, for a peer of the same network. */
  readonly exportTo?: string;
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
const { images } = await runner.run(program, inputs);
await runner.run(program, inputs);
if (job.exportTo !== undefined) {
  const parameters = Object.entries(net.spec.state);
  const [batch, latent] = net.spec.programs[program]!.inputs.z!;
  const write = (name: string, data: Float32Array) => writeFileSync(join(job.exportTo!, name), data);
  writeFileSync(join(job.exportTo, 'job.json'), JSON.stringify({ batch, latent, parameters }));
  writeFileSync(
    join(job.exportTo, 'weights.f32'),
    Buffer.concat(parameters.map(([name]) => Buffer.from(net.state[name]!.buffer))),
  );
  write('z.f32', inputs.z!);
  write('images.f32', images!);
}
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
