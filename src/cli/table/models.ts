import { format, labelOptions, run, seed, workspace } from './shared.ts';
import type { CommandSpec } from './spec.ts';

/** What a trained run gives, and what is said of it. */
export const modelCommands = [
  {
    name: 'generate',
    summary: 'Generate synthetic slices from a run and export them.',
    detail:
      'Slice i of a seed is the same whatever the count. Every file says that it is synthetic. DICOM stores 12 bits, 0 to 4095 for -1 to +1 of the generator, with a window to match. Slices that lie as near to a training slice as a copy are left out and counted, where ten or more subjects say how near that is.',
    options: {
      workspace,
      run,
      count: { kind: 'integer', value: 'N', required: true, min: 1, help: 'How many slices.' },
      seed: { ...seed, help: 'Seed of the latent vectors.' },
      format,
      out: { kind: 'string', value: 'DIR', required: true, help: 'Folder to write to; new or empty.' },
      ...labelOptions,
      checkpoint: {
        kind: 'string',
        value: 'WHICH',
        help: 'newest, best (lowest KID that the run measured, without near-copies), or a number of images.',
        defaultText: 'newest',
      },
      truncation: {
        kind: 'number',
        value: 'PSI',
        min: 0,
        help: 'Less variety for more typical slices: 1 (none) to 0 (for style-based networks the mean slice, every time). Refused for plain networks (dcgan).',
        defaultText: '1',
      },
      'keep-near-copies': {
        kind: 'flag',
        help: 'Export near-copies of training slices too, and do not look for them.',
      },
      'intensity-from': {
        kind: 'string',
        value: 'SERIES',
        help: "Give the values in the units and window of this series of the run's dataset (its id, as listed by `gantry datasets --json`).",
      },
    },
    json: 'progress: done, total. done: files [paths], manifest, count, nearCopiesLeftOut, searched, unchecked (why nothing was checked, or null).',
  },
  {
    name: 'sheet',
    summary: 'A contact sheet of real beside synthetic slices, as PNG.',
    options: {
      workspace,
      run,
      out: { kind: 'string', value: 'FILE', required: true, help: 'PNG file to write.' },
      count: {
        kind: 'integer',
        value: 'N',
        min: 1,
        max: 1024,
        help: 'Slices on each side.',
        defaultText: '64',
      },
      seed: { ...seed, help: 'Seed of the latent vectors.' },
    },
    json: 'done: file, real, synthetic.',
  },
  {
    name: 'recognise',
    summary: 'How many slices of a conditional run are what they were asked for.',
    detail:
      "A small classifier is trained on the run's real slices and asked what it sees in generated ones; its accuracy on held-out subjects stands beside. With --out a sheet of one row a class, real beside synthetic.",
    options: {
      workspace,
      run,
      label: { kind: 'string', value: 'NAME', help: 'Class label of the run.', defaultText: 'its first' },
      count: { kind: 'integer', value: 'N', min: 1, help: 'Slices a class.', defaultText: '100' },
      seed,
      checkpoint: {
        kind: 'string',
        value: 'WHICH',
        help: 'newest, best, or a number of images.',
        defaultText: 'newest',
      },
      out: { kind: 'string', value: 'FILE', help: 'PNG of one row a class.' },
    },
    json: 'done: label, recognised, heldOut, perClass, classes [{value, recognised, heldOut}], file.',
  },
  {
    name: 'evaluate',
    summary: 'Judge synthetic slices: fidelity, variety, copying, subgroups; a report in HTML and JSON.',
    detail:
      "Either the slices of a run's newest checkpoint, or any folder of slices (DICOM, NIfTI, PNG) against a dataset. A run gets a model card too. Every figure stands beside held-out real slices and plainly bad sets. Works offline; equal seeds give equal numbers. The report shows real training slices: treat it as you treat the scans.",
    options: {
      workspace,
      run: { kind: 'string', value: 'RUN', help: 'Run whose generator is judged.' },
      count: {
        kind: 'integer',
        value: 'N',
        min: 1,
        help: 'Slices to generate (with --run).',
        defaultText: '1000',
      },
      dataset: {
        kind: 'string',
        value: 'NAME',
        help: 'Dataset to judge a folder against, or a run that was imported.',
      },
      synthetic: { kind: 'string', value: 'DIR', help: 'Folder of synthetic slices (with --dataset).' },
      size: {
        kind: 'integer',
        value: 'PX',
        min: 16,
        help: 'Edge at which a folder is judged; a power of two.',
        defaultText: '64',
      },
      features: {
        kind: 'string',
        value: 'FILES',
        help: 'Feature networks (ONNX) to use beside the built-in features; several separated as in PATH. Each takes one batch of grey or colour pictures.',
      },
      ...labelOptions,
      seed,
      out: {
        kind: 'string',
        value: 'DIR',
        help: 'Folder for report.html, report.json and the model card.',
        defaultText: 'evaluation/RUN',
      },
    },
    json: 'progress: share, stage. done: html, report, modelCard, compared, findings, limits, figures, nearCopies, judged, utility.',
  },
  {
    name: 'card',
    summary: 'Show or change what the makers of a run say of it in its model card.',
    detail:
      'Plain text, kept in the workspace and shown in the evaluation report, the model card and the study package as the makers’ own words. Texts that are not given stay as they are; an empty one takes a text away. Gantry fills in none of them.',
    options: {
      workspace,
      run,
      'intended-use': {
        kind: 'string',
        value: 'TEXT',
        help: 'What the model is meant for; 2,000 letters at most.',
      },
      'forbidden-use': {
        kind: 'string',
        value: 'TEXT',
        help: 'What it is not to be used for, beside what Gantry forbids; 2,000 letters at most.',
      },
      contact: {
        kind: 'string',
        value: 'TEXT',
        help: 'A role or a department to ask, not a person; 200 letters at most.',
      },
      notes: { kind: 'string', value: 'TEXT', help: 'Anything else; 4,000 letters at most.' },
    },
    json: 'done: run, intendedUse, forbiddenUse, contact, notes.',
  },
  {
    name: 'package',
    summary:
      'A study package of a run: synthetic slices, labels, model card, report, seeds, hashes; a folder or a ZIP.',
    detail:
      'Evaluates the run, generates the same slices, and leaves near-copies out. Nothing of a real patient and no weights are in it, unless real slices are asked for. It appears whole or not at all.',
    options: {
      workspace,
      run,
      out: {
        kind: 'string',
        value: 'PLACE',
        required: true,
        help: 'A new or empty folder, or a new file that ends in .zip.',
      },
      count: { kind: 'integer', value: 'N', min: 1, help: 'Slices to generate.', defaultText: '1000' },
      ...labelOptions,
      seed: { ...seed, help: 'Seed of the latent vectors and of the evaluation.' },
      format,
      'with-real-slices': {
        kind: 'flag',
        help: 'Show real training slices, and the twins of near-copies, in the report.',
      },
      'keep-near-copies': { kind: 'flag', help: 'Keep near-copies of training slices in the package.' },
    },
    json: 'progress: share, stage. done: package, files, slices, nearCopiesLeftOut, findings.',
  },
  {
    name: 'model',
    summary: 'Hand a trained generator with its card to a colleague as one file, or take one in.',
    detail:
      'export writes a ZIP archive: weights of the generator and the discriminator (safetensors), settings, a card, hashes; no slices, no names of subjects, files or datasets. import checks all of it and makes a complete run, for generate, sheet, `train --from` and `evaluate --run RUN --dataset NAME`. Equal seeds give equal slices on both sides. Weights may hold more of the training data than slices show: hand them to people who might see the data.',
    operands: { name: 'ACTION', min: 1, max: 2, help: 'export, or import FILE.' },
    options: {
      workspace: { ...workspace, help: 'Folder of the workspace (made by import when it does not exist).' },
      run: {
        kind: 'string',
        value: 'RUN[@IMAGES]',
        help: 'export: run, or one checkpoint of it; default its newest.',
      },
      out: { kind: 'string', value: 'FILE', help: 'export: new file to write, NAME.zip.' },
    },
    json: 'export: done: file, run, images, bytes, hasEvaluation. import: done: run, preset, size, images.',
  },
] as const satisfies readonly CommandSpec[];
