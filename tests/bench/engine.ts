/**
 * The engine against PyTorch on this CPU: the same networks, losses and batches, in turns, each in a process of its
 * own. With --json one object a line:
 *   net, batch, ours, peer, peerName, ratio, min, max (images a second; the ratio with its range over the rounds),
 *   oursPeakMb, peerPeakMb, memoryRatio, gflops, matmulShare (of the rate of a 1024³ product in PyTorch);
 *   then net, without, ratio for each pass left out (speed with it over speed without it).
 *
 * --clock cpu takes the CPU seconds of both processes instead of the time that passed: for machines that others use
 * too, best with --threads 1. --without PASS[,PASS] leaves passes out of ours. --shards N cuts R3GAN's batch.
 * --passes none|NET[,NET] says what passes are weighed on. --peers FOLDER holds the peers' scripts.
 *
 * The defaults take about eight minutes on two quiet cores, three of them for PyTorch's R3GAN.
 *   npm run bench:engine -- [--json] [--nets dcgan-16,dcgan-64,r3,generate,preview|none] [--passes dcgan-16,r3-8|none]
 *     [--rounds 3] [--steps 4] [--threads 2] [--clock wall|cpu] [--python python3]
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { trainingEnvironment } from '../../src/base/runtime.ts';
import { type PassName, passes } from '../../src/engine/passes/index.ts';
import { type Entry, entries } from './engine/nets.ts';
import type { OurJob, OurResult } from './engine/run.ts';

const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    nets: { type: 'string', default: Object.keys(entries).join() },
    passes: { type: 'string', default: 'dcgan-16,r3-8' },
    clock: { type: 'string', default: 'wall' },
    without: { type: 'string', default: '' },
    shards: { type: 'string', default: '4' },
    python: { type: 'string', default: process.env.GANTRY_TORCH_PYTHON ?? 'python3' },
    rounds: { type: 'string', default: '3' },
    steps: { type: 'string', default: '4' },
    threads: { type: 'string', default: String(availableParallelism()) },
    peers: { type: 'string', default: join(import.meta.dirname, '../../../shared/bench') },
  },
});
const rounds = Number(values.rounds);
const steps = Number(values.steps);
const threads = Number(values.threads);
const clock = values.clock === 'cpu' ? ('cpu' as const) : ('wall' as const);
const listed = (text: string) => text.split(',').filter((name) => name && name !== 'none');
const here = join(import.meta.dirname, 'engine');

/** Output of a process, or undefined where it failed or took over ten minutes. */
function outputOf(command: string, args: readonly string[]): string | undefined {
  const env = command === process.execPath ? trainingEnvironment() : process.env;
  const run = spawnSync(command, args, { encoding: 'utf8', maxBuffer: 1e8, timeout: 600_000, env });
  if (run.status === 0) return run.stdout.trim();
  process.stderr.write(`${command} ${args[0]}: ${run.stderr || (run.error?.message ?? 'ended early')}\n`);
  return undefined;
}

function ours(
  net: string,
  without: readonly string[],
  count = steps,
  exportTo?: string,
): OurResult | undefined {
  const job: OurJob = {
    ...(exportTo === undefined ? {} : { exportTo }),
    net,
    threads,
    steps: count,
    clock,
    without: without as PassName[],
    shards: Number(values.shards),
  };
  const text = outputOf(process.execPath, [join(here, 'run.ts'), JSON.stringify(job)]);
  return text === undefined ? undefined : (JSON.parse(text) as OurResult);
}

interface PeerResult {
  readonly peer: string;
  readonly images_per_second: number;
  readonly peakMb: number;
  /** Of its output from ours, relative, where it has our weights. */
  readonly difference?: number;
}

function peer({ script, program, batch }: Entry, count: number, folder: string): PeerResult | undefined {
  if (script === 'weights') {
    const own = [join(here, 'torch_preview.py'), folder, String(count), String(threads), clock];
    return parsed(outputOf(values.python, own));
  }
  const file = join(values.peers, script);
  if (!existsSync(file)) return undefined;
  const sizes = { '--batch': batch, '--steps': count, '--threads': threads };
  const args = Object.entries(sizes).flatMap(([name, value]) => [name, String(value)]);
  return parsed(outputOf(values.python, [join(here, 'peer.py'), file, clock, program, ...args]));
}

function parsed(text: string | undefined): PeerResult | undefined {
  if (text === undefined) return undefined;
  const [result, peak] = text.split('\n') as [string, string];
  return { ...(JSON.parse(result) as Omit<PeerResult, 'peakMb'>), peakMb: Number(peak) };
}

function matmulGflops(): number | null {
  const text = outputOf(values.python, [join(here, 'peer.py'), 'matmul', String(threads), clock]);
  return text === undefined ? null : (JSON.parse(text) as { gflops: number }).gflops;
}

const mean = (xs: readonly number[]) => xs.reduce((a, b) => a + b, 0) / xs.length;
const round2 = (x: number | null) => (x === null ? null : Math.round(x * 100) / 100);
const say = (text: string) => void process.stdout.write(`${text}\n`);

function compare(name: string, matmul: number | null): void {
  const entry = entries[name];
  if (!entry)
    throw new Error(`There is no network '${name}'; there are: ${Object.keys(entries).join(', ')}.`);
  const count = Math.min(steps, entry.most ?? steps);
  const folder = mkdtempSync(join(tmpdir(), 'gantry-bench-'));
  const mine: OurResult[] = [];
  const theirs: PeerResult[] = [];
  for (let round = 0; round < rounds; round++) {
    const own = ours(name, listed(values.without), count, entry.script === 'weights' ? folder : undefined);
    if (!own) throw new Error(`Ours failed on '${name}'.`);
    mine.push(own);
    const other = peer(entry, count, folder);
    if (other) theirs.push(other);
  }
  rmSync(folder, { recursive: true });
  const complete = theirs.length === mine.length;
  const ratios = complete ? mine.map((m, i) => m.imagesPerSecond / theirs[i]!.images_per_second) : [];
  const speed = mean(mine.map((m) => m.imagesPerSecond));
  const [oursPeakMb, peerPeakMb] = [mine, theirs].map((all) =>
    all.length > 0 ? Math.max(...all.map((m) => m.peakMb)) : null,
  );
  const gflops = (speed * mine[0]!.flopsPerImage) / 1e9;
  const line = {
    net: mine[0]!.name,
    batch: entry.batch,
    ours: round2(speed),
    peer: complete ? round2(mean(theirs.map((t) => t.images_per_second))) : null,
    peerName: theirs[0]?.peer ?? null,
    ratio: complete ? round2(mean(ratios)) : null,
    min: complete ? round2(Math.min(...ratios)) : null,
    max: complete ? round2(Math.max(...ratios)) : null,
    clock,
    threads,
    oursPeakMb,
    peerPeakMb,
    memoryRatio: oursPeakMb && peerPeakMb ? round2(oursPeakMb / peerPeakMb) : null,
    gflops: round2(gflops),
    matmulShare: matmul === null ? null : round2(gflops / matmul),
    ...(theirs[0]?.difference === undefined ? {} : { difference: theirs[0].difference }),
  };
  if (values.json) {
    say(JSON.stringify(line));
    return;
  }
  const against =
    line.ratio === null
      ? 'no peer (PyTorch was not found, or failed as told above)'
      : `${line.peer} of ${line.peerName}: ratio ${line.ratio} (${line.min} to ${line.max})`;
  say(`${line.net}, batch ${line.batch}: ${line.ours} images/s against ${against}`);
  say(
    `  peak memory ${oursPeakMb} MB against ${peerPeakMb ?? '?'} MB (${line.memoryRatio ?? '?'}); ` +
      `${line.gflops} GFLOP/s, ${line.matmulShare ?? '?'} of a matrix product`,
  );
}

/** Speed with all passes (the best of several runs in between) over the speed without one. */
function weighPasses(net: string): void {
  const best = (without: readonly string[], before: OurResult | undefined) => {
    const now = ours(net, without, Math.min(steps, 3));
    return !before || (now && now.imagesPerSecond > before.imagesPerSecond) ? now : before;
  };
  let all = best([], undefined);
  for (const [i, pass] of [...Object.keys(passes), 'convForms', 'blockedConvs'].entries()) {
    const less = best([pass], undefined);
    if (i % 3 === 0) all = best([], all);
    const ratio = all && less ? round2(all.imagesPerSecond / less.imagesPerSecond) : null;
    const memoryRatio = all && less ? round2(less.peakMb / all.peakMb) : null;
    if (values.json) say(JSON.stringify({ net, without: pass, ratio, memoryRatio }));
    else say(`${net} without ${pass}: ${ratio ?? 'fails'} times slower, memory ${memoryRatio ?? '?'}`);
  }
}

const nets = listed(values.nets);
const matmul = nets.length > 0 ? matmulGflops() : null;
if (matmul !== null && !values.json) say(`1024³ product in PyTorch: ${matmul.toFixed(0)} GFLOP/s`);
for (const name of nets) compare(name, matmul);
for (const net of listed(values.passes)) weighPasses(net);
