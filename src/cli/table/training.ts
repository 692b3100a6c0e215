import { length, run, seed, settings, training, workspace } from './shared.ts';
import type { CommandSpec } from './spec.ts';

/** Runs and their training. */
export const trainingCommands = [
  {
    name: 'runs',
    summary: 'List the training runs of a workspace.',
    options: { workspace },
    json: 'an item a run: run, dataset, preset, size, state, images, totalImages, seconds, lossD, lossG.',
  },
  {
    name: 'plan',
    summary: 'Time, memory and disk that a training would take, without training.',
    detail:
      'Takes the options of `train`. Time is that of earlier runs of this workspace with the same networks and device; without one, the device is tested once (a few seconds, kept in the workspace) and the step is counted. Memory is counted from the step, disk from the snapshots; what is likely to be short is a warning.',
    options: {
      workspace,
      dataset: { kind: 'string', value: 'NAME', required: true, help: 'Dataset to train on.' },
      ...training,
      ...length,
      ...settings,
    },
    json: 'warning: code memory-short or disk-short, message. done: prediction {device, batch, slices, parameters {generator, discriminator}, time {basis runs|self-test|none, given images|minutes, imagesPerSecond, factor, images, seconds}, memory {basis runs|graph, bytes, factor, totalBytes}, disk {checkpointBytes, checkpoints, samplesBytes, cacheBytes, bytes, freeBytes}, warnings}. The truth most likely lies within the factor above or below.',
  },
  {
    name: 'train',
    summary: 'Train a GAN on a dataset, or resume a run.',
    detail:
      'Ctrl-C stops cleanly with a checkpoint; `--resume RUN` goes on from the newest one and needs nothing else.',
    options: {
      workspace,
      dataset: { kind: 'string', value: 'NAME', help: 'Dataset to train on (not with --resume).' },
      ...training,
      ...length,
      seed,
      resume: { kind: 'string', value: 'RUN', help: 'Go on with this run.' },
      branch: {
        kind: 'string',
        value: 'RUN[@IMAGES]',
        help: 'A new run that goes on from a checkpoint of this one, with other --images or --set; the old one stays.',
      },
      from: {
        kind: 'string',
        value: 'RUN[@IMAGES]',
        help: "Begin with that run's networks instead of random ones (fine-tuning), on any dataset.",
      },
      ...settings,
    },
    json: 'an item with the prediction (see plan) before the run begins, one with its name, and one named corrected after a minute: imagesPerSecond, seconds, secondsLeft, memoryBytes. progress: step, images, totalImages, lossD, lossG, scoreReal, scoreFake, gradientD, gradientG, seconds, imagesPerSecond, secondsLeft, of a progressive run also resolution and alpha (every step up to 100, every 10 after); an item with event resolution at each of its changes; at the end of a run with augmentation an item with event leak-test, or a warning with code augmentation-leak. done: run, images, seconds, imagesPerSecond, checkpoint, peakRssBytes.',
  },
  {
    name: 'curves',
    summary: "A run's curves as CSV and as a TensorBoard event file.",
    options: {
      workspace,
      run,
      out: { kind: 'string', value: 'DIR', required: true, help: 'Folder to write to.' },
    },
    json: 'done: csv, events, steps.',
  },
  {
    name: 'sweep',
    summary: 'Train several runs over settings and seeds, one after the other.',
    detail:
      'Ctrl-C stops it with a checkpoint; the same command goes on: runs that are complete are skipped, one that was cut off is resumed, one that failed is left.',
    options: {
      workspace,
      name: { kind: 'string', value: 'NAME', required: true, help: 'Name of the sweep.' },
      dataset: { kind: 'string', value: 'NAME', required: true, help: 'Dataset to train on.' },
      over: {
        kind: 'string',
        value: 'GRID',
        help: 'Values of settings: penalty.gamma=0.5|1|2;batch=8|16',
        defaultText: 'the preset as it is',
      },
      seeds: { kind: 'string', value: 'LIST', help: 'Seeds, separated by commas.', defaultText: '1' },
      random: { kind: 'integer', value: 'N', min: 1, help: 'N random combinations instead of all.' },
      ...training,
      images: { kind: 'integer', value: 'N', min: 1, help: 'Length of every run in images.' },
      minutes: { kind: 'number', value: 'M', min: 0.05, help: 'Length of every run in minutes.' },
    },
    json: 'an item before and after every run: index, total, settings, seed, state, run; progress as train. done: sweep, runs [{run, note, figures}].',
  },
] as const satisfies readonly CommandSpec[];
