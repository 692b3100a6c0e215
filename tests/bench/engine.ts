/**
 * Training steps per second, ours and a peer's in turns: the same networks, losses and batches in PyTorch, when
 * Python has it (../shared/bench or --peers FOLDER). One line a network; with --json one object a line:
 * net, batch, ours, peer, peerName, ratio, min, max (images a second; ratio with its range over the rounds).
 *
 *   npm run bench:engine -- [--json] [--nets dcgan-16,dcgan-64,r3] [--rounds 3] [--steps 4] [--threads 2]
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createRunner } from '../../src/engine/index.ts';
import { dcgan } from './nets/dcgan.ts';
import type { Net } from './nets/net.ts';
import { r3gan } from './nets/r3gan.ts';

const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    nets: { type: 'string', default: 'dcgan-16,dcgan-64,r3' },
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
}
const entries: Readonly<Record<string, Entry>> = {
  'dcgan-16': { make: () => dcgan(64, 16), script: 'torch_dcgan_step.py', args: ['--batch', '16'] },
  'dcgan-64': { make: () => dcgan(64, 64), script: 'torch_dcgan_step.py', args: ['--batch', '64'] },
  r3: { make: () => r3gan(32), script: 'torch_r3_step.py', args: ['--batch', '32'] },
};

interface PeerResult {
  readonly peer: string;
  readonly images_per_second: number;
}

function peer(entry: Entry): PeerResult | undefined {
  const script = join(values.peers, entry.script);
  if (!existsSync(script)) return undefined;
  const args = [script, ...entry.args, '--steps', String(steps), '--threads', String(threads)];
  const run = spawnSync('python3', args, { encoding: 'utf8' });
  return run.status === 0 ? (JSON.parse(run.stdout) as PeerResult) : undefined;
}

for (const name of values.nets.split(',')) {
  const entry = entries[name];
  if (!entry)
    throw new Error(`There is no network '${name}'; there are: ${Object.keys(entries).join(', ')}.`);
  const net = entry.make();
  const runner = await createRunner(net.spec, { device: 'cpu', threads });
  runner.setState(net.state);
  const inputs = net.inputs();
  for (let i = 0; i < 2; i++) await runner.run('step', inputs);
  const ours: number[] = [];
  const theirs: PeerResult[] = [];
  for (let round = 0; round < rounds; round++) {
    const start = performance.now();
    for (let i = 0; i < steps; i++) await runner.run('step', inputs);
    ours.push((1000 * net.batch * steps) / (performance.now() - start));
    const result = peer(entry);
    if (result) theirs.push(result);
  }
  await runner.dispose();
  report(net, ours, theirs);
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
