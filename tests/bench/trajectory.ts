/**
 * Trains the plain family, reduced R3GAN and the style-based family of `tiny` for 200 steps in Gantry and in PyTorch,
 * from the same weights and inputs, and tells how far the losses and penalties drift apart, and the means and standard
 * deviations of all activations at the start and at the end. With --json one object a net.
 *
 *   node tests/bench/trajectory.ts [--python python3] [--nets dcgan,r3gan,stylegan2] [--steps 200] [--threads 1] [--json]
 */
import { parseArgs } from 'node:util';
import {
  largestDifference,
  layersApart,
  ourTrajectory,
  relativeDistance,
  torchTrajectory,
} from './trajectory/compare.ts';
import { type JobSize, makeJob, type TrajectoryNet } from './trajectory/jobs.ts';

const { values } = parseArgs({
  options: {
    python: { type: 'string', default: process.env.GANTRY_TORCH_PYTHON ?? 'python3' },
    nets: { type: 'string', default: 'dcgan,r3gan,stylegan2' },
    steps: { type: 'string', default: '200' },
    threads: { type: 'string', default: '1' },
    json: { type: 'boolean', default: false },
  },
});
const steps = Number(values.steps);
const threads = Number(values.threads);
const sizes: Readonly<Record<TrajectoryNet, JobSize>> = {
  dcgan: { size: 32, batch: 16, widths: [64, 32, 16] },
  r3gan: { size: 16, batch: 8, widths: [48, 32, 24] },
  stylegan2: { size: 32, batch: 16, widths: [64, 48, 32] },
};

for (const net of values.nets.split(',') as TrajectoryNet[]) {
  const job = makeJob(net, sizes[net]);
  const ours = await ourTrajectory(job, steps, threads);
  const theirs = torchTrajectory(job, steps, threads, values.python);
  const line = {
    net,
    ...sizes[net],
    steps,
    imagesAtStart: relativeDistance(ours.first.images, theirs.first.images),
    logitsAtStart: Math.max(
      relativeDistance(ours.first.real, theirs.first.real),
      relativeDistance(ours.first.fake, theirs.first.fake),
    ),
    layers: ours.first.layers.length,
    layersAtStart: layersApart(ours.first, theirs.first),
    layersAtEnd: layersApart(ours.last, theirs.last),
    largestTo50: largestDifference(ours, theirs, 0, 50),
    largestTo100: largestDifference(ours, theirs, 50, 100),
    largestTo200: largestDifference(ours, theirs, 100, 200),
  };
  if (values.json) {
    process.stdout.write(`${JSON.stringify(line)}\n`);
    continue;
  }
  process.stdout.write(`${net}, ${line.size} px, batch ${line.batch}, features ${line.widths}\n`);
  process.stdout.write(`  at the start: images ${line.imagesAtStart.toExponential(1)} apart, `);
  process.stdout.write(`logits ${line.logitsAtStart.toExponential(1)}\n`);
  process.stdout.write(
    `  means and deviations of ${line.layers} activations, shares of the deviation: at the start `,
  );
  process.stdout.write(`${line.layersAtStart.toExponential(1)}, after ${steps} steps `);
  process.stdout.write(`${line.layersAtEnd.toExponential(1)} apart\n`);
  process.stdout.write('  step   loss D (ours, PyTorch)   loss G (ours, PyTorch)\n');
  for (const i of [0, 1, 10, 25, 49, 99, 149, 199].filter((n) => n < steps)) {
    const [a, b] = [ours.steps[i]!, theirs.steps[i]!];
    const pair = (x: number, y: number) => `${x.toFixed(6)} ${y.toFixed(6)}`.padEnd(25);
    process.stdout.write(`  ${String(i + 1).padEnd(6)} ${pair(a.lossD, b.lossD)}${pair(a.lossG, b.lossG)}\n`);
  }
  const percent = (x: number) => `${(100 * x).toPrecision(2)} %`;
  process.stdout.write(
    `  largest difference of a loss or penalty: steps 1 to 50 ${percent(line.largestTo50)}, `,
  );
  process.stdout.write(`51 to 100 ${percent(line.largestTo100)}, 101 to 200 ${percent(line.largestTo200)}\n`);
}
