import type { OptionSpec } from './spec.ts';

export const workspace = {
  kind: 'string',
  value: 'DIR',
  required: true,
  help: 'Folder of the workspace (made by import when it does not exist).',
} as const satisfies OptionSpec;

export const run = {
  kind: 'string',
  value: 'RUN',
  required: true,
  help: 'Run, as listed by `gantry runs`.',
} as const;
export const seed = {
  kind: 'integer',
  value: 'S',
  min: 0,
  help: 'Seed of all random numbers.',
  defaultText: '1',
} as const satisfies OptionSpec;

export const training = {
  preset: {
    kind: 'string',
    value: 'NAME',
    help: 'Networks and settings: tiny (for a CPU), progressive (tiny, growing from 8 px), plain (convolutional GAN) and r3 (small R3GAN), both to compare on a CPU, preview, balanced, quality.',
    defaultText: 'tiny',
  },
  size: {
    kind: 'integer',
    value: 'PX',
    min: 1,
    help: 'Edge of the training images in pixels.',
    defaultText: "the preset's",
  },
  device: {
    kind: 'string',
    value: 'NAME',
    help: 'Device to compute on: auto (the fastest that is right), cpu, webgpu, cuda, directml or tfjs.',
    defaultText: 'auto',
  },
} as const satisfies Record<string, OptionSpec>;

/** What a conditional run is asked for. */
export const labelOptions = {
  label: {
    kind: 'string',
    value: 'NAME=VALUE',
    help: 'What a conditional run is asked for: NAME=VALUE,NAME=VALUE. Labels that are not named come as in the training data.',
  },
  labels: {
    kind: 'string',
    value: 'HOW',
    choices: ['balanced', 'as-data'],
    help: 'Labels of a conditional run without --label: every combination of classes in turn, or as in the training data.',
    defaultText: 'as-data',
  },
} as const;

export const length = {
  images: {
    kind: 'integer',
    value: 'N',
    min: 1,
    help: 'Total images to show the discriminator.',
    defaultText: "without --minutes the preset's: tiny 50,000, preview 200,000",
  },
  minutes: {
    kind: 'number',
    value: 'M',
    min: 0.05,
    help: 'Length instead of --images: turned into a number of images once, from the measured rate.',
  },
} as const satisfies Record<string, OptionSpec>;

/** What else a new run can be told, and its plan. */
export const settings = {
  threads: { kind: 'integer', value: 'N', min: 1, help: 'Processor threads.', defaultText: 'all cores' },
  'checkpoint-every': {
    kind: 'integer',
    value: 'N',
    min: 1,
    help: 'Images between checkpoints.',
    defaultText: '5000',
  },
  set: {
    kind: 'string',
    value: 'KEY=VALUE',
    help: 'Change settings of the preset: penalty.gamma=2,optimiser.generatorRate=0.001',
  },
  condition: {
    kind: 'string',
    value: 'NAME',
    help: 'Train with these labels of the dataset (see `gantry labels`), separated by commas.',
  },
  balanced: { kind: 'flag', help: 'Show every combination of classes equally often (with --condition).' },
  keep: {
    kind: 'integer',
    value: 'N',
    min: 1,
    help: 'Newest checkpoints to keep, beside the best one.',
    defaultText: '3',
  },
} as const satisfies Record<string, OptionSpec>;

export const sliceFormats = ['dicom', 'png', 'nifti'] as const;

/** What slices are exported as. */
export const format = {
  kind: 'string',
  value: 'KIND',
  choices: sliceFormats,
  help: 'dicom, png (16 bit) or nifti (one stack).',
  defaultText: 'dicom',
} as const satisfies OptionSpec;
