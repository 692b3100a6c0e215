/**
 * Training steps per second, ours and a peer's in turns: the same networks, losses and batches in PyTorch, when
 * Python has it (../shared/bench or --peers FOLDER). One line a network; with --json one object a line:
 * net, batch, ours, peer, peerName, ratio, min, max (images a second; ratio with its range over the rounds).
 *
 * --clock cpu takes the CPU seconds of both processes instead of the time that passed: for machines that others use
 * too, best with --threads 1. --without PASS[,PASS] leaves passes out. --shards N cuts R3GAN's batch.
 * Peak memory of both (MB) is in the JSON line too; `generate` times the generator alone.
 *
 *   npm run bench:engine -- [--json] [--nets dcgan-16,dcgan-64,r3,generate] [--rounds 3] [--steps 4] [--threads 2] [--clock wall|cpu]
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createRunner } from '../../src/engine/index.ts';
import type { PassName } from '../../src/engine/passes/index.ts';
import { dcgan } from './nets/dcgan.ts';
import type { Net } from './nets/net.ts';
import { r3gan } from './nets/r3gan.ts';

const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    nets: { type: 'string', default: 'dcgan-16,dcgan-64,r3,generate' },
    clock: { type: 'string', default: 'wall' },
    without: { type: 'string', default: '' },
    shards: { type: 'string', default: '4' },
    python: { type: 'string', default: 'python3' },
    rounds: { type: 'string', default: '3' },
    steps: { type: 'string', default: '4' },
    threads: { type: 'string', default: String(availableParallelism()) },
    peers: { type: 'string', default: join(import.meta.dirname, '../../../shared/bench') },
  },
});
const [rounds, steps, threads] = [values.rounds, values.steps, values.threads].map(Number) as [
  number,
  number,
  number,
];

interface Entry {
  readonly make: () => Net;
  readonly script: string;
  readonly args: readonly string[];
  readonly program?: string;
}
const entries: Readonly<Record<string, Entry>> = {
  'dcgan-16': { make: () => dcgan(64, 16), script: 'torch_dcgan_step.py', args: ['--batch', '16'] },
  'dcgan-64': { make: () => dcgan(64, 64), script: 'torch_dcgan_step.py', args: ['--batch', '64'] },
  r3: {
    make: () => r3gan(32, Number(values.shards)),
    script: 'torch_r3_step.py',
    args: ['--batch', '32'],
  },
  generate: {
    make: () => r3gan(64),
    script: 'torch_r3_step.py',
    args: ['--batch', '64'],
    program: 'generate',
  },
};

interface PeerResult {
  readonly peer: string;
  readonly images_per_second: number;
  readonly peak_mb: number;
}

/**
 * Runs a peer script in Python with the clock that is asked for, and adds its peak memory. For `generate` only the
 * script's Generator is used: its forward pass without gradients.
 */
const harness = `
import json, resource, sys, time
script, clock, program = sys.argv[1:4]
sys.argv = [script] + sys.argv[4:]
if clock == "cpu":
    time.perf_counter = time.process_time
source = open(script).read()
space = {"__name__": "__peer__", "__file__": script}
if program == "generate":
    exec(source[: source.rindex("main()")], space)
    import torch
    option = lambda name: int(sys.argv[sys.argv.index(name) + 1])
    torch.set_num_threads(option("--threads"))
    batch, steps = option("--batch"), option("--steps")
    net, z = space["Generator"](), torch.randn(batch, space["Z"])
    with torch.no_grad():
        net(z), net(z)
        start = time.perf_counter()
        for _ in range(steps):
            net(z)
        seconds = time.perf_counter() - start
    print(json.dumps({"peer": "torch " + torch.__version__, "images_per_second": batch * steps / seconds}))
else:
    exec(source, space)
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
`;

function peer(entry: Entry): PeerResult | undefined {
  const script = join(values.peers, entry.script);
  if (!existsSync(script)) return undefined;
  const own = [...entry.args, '--steps', String(steps), '--threads', String(threads)];
  const args = ['-c', harness, script, values.clock, entry.program ?? 'step', ...own];
  const run = spawnSync(values.python, args, { encoding: 'utf8', maxBuffer: 1e8 });
  if (run.status !== 0) return undefined;
  const [result, peak] = run.stdout.trim().split('\n') as [string, string];
  return { ...(JSON.parse(result) as Omit<PeerResult, 'peak_mb'>), peak_mb: Number(peak) };
}

/** Milliseconds on the clock that is asked for. */
function now(): number {
  if (values.clock !== 'cpu') return performance.now();
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

for (const name of values.nets.split(',')) {
  const entry = entries[name];
  if (!entry)
    throw new Error(`There is no network '${name}'; there are: ${Object.keys(entries).join(', ')}.`);
  const net = entry.make();
  const runner = await createRunner(net.spec, {
    device: 'cpu',
    threads,
    without: values.without.split(',').filter(Boolean) as PassName[],
  });
  runner.setState(net.state);
  const program = entry.program ?? 'step';
  const drawn = net.inputs();
  const inputs = Object.fromEntries(
    Object.keys(net.spec.programs[program]!.inputs).map((key) => [key, drawn[key]!]),
  );
  for (let i = 0; i < 2; i++) await runner.run(program, inputs);
  const ours: number[] = [];
  const theirs: PeerResult[] = [];
  for (let round = 0; round < rounds; round++) {
    const start = now();
    for (let i = 0; i < steps; i++) await runner.run(program, inputs);
    ours.push((1000 * net.batch * steps) / (now() - start));
    const result = peer(entry);
    if (result) theirs.push(result);
  }
  await runner.dispose();
  report(name === 'generate' ? { ...net, name: `${net.name} generate` } : net, ours, theirs);
}

function report(net: Net, ours: readonly number[], theirs: readonly PeerResult[]): void {
  const mean = (xs: readonly number[]) => xs.reduce((a, b) => a + b, 0) / xs.length;
  const round2 = (x: number) => Math.round(x * 100) / 100;
  const ratios = theirs.map((t, i) => ours[i]! / t.images_per_second);
  const line = {
    net: net.name,
    batch: net.batch,
    ours: round2(mean(ours)),
    peer: theirs.length > 0 ? round2(mean(theirs.map((t) => t.images_per_second))) : null,
    peerName: theirs[0]?.peer ?? null,
    ratio: ratios.length > 0 ? round2(mean(ratios)) : null,
    min: ratios.length > 0 ? round2(Math.min(...ratios)) : null,
    max: ratios.length > 0 ? round2(Math.max(...ratios)) : null,
    clock: values.clock,
    threads,
    // Of this process so far: of the net alone when it is the only one.
    oursPeakMb: Math.round(process.resourceUsage().maxRSS / 1024),
    peerPeakMb: theirs[0]?.peak_mb ?? null,
  };
  if (values.json) {
    console.log(JSON.stringify(line));
    return;
  }
  const against =
    line.ratio === null
      ? 'no peer (PyTorch was not found)'
      : `${line.peer} of ${line.peerName}: ratio ${line.ratio} (${line.min} to ${line.max})`;
  console.log(`${line.net}, batch ${line.batch}: ${line.ours} images/s against ${against}`);
}
