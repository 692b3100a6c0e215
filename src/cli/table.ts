/**
 * The command line as one table. `--help`, argument parsing and docs/cli.md are all made from it, so none of
 * them can say what the others do not.
 */
export interface OptionSpec {
  readonly kind: 'flag' | 'string' | 'integer' | 'number';
  /** Placeholder in the help, "N" or "DIR". */
  readonly value?: string;
  readonly help: string;
  readonly required?: boolean;
  readonly choices?: readonly string[];
  readonly min?: number;
  readonly max?: number;
  /** Shown in the help; the use case applies it. */
  readonly defaultText?: string;
}

export interface CommandSpec {
  readonly name: string;
  readonly summary: string;
  readonly detail?: string;
  readonly operands?: {
    readonly name: string;
    readonly min: number;
    readonly max: number;
    readonly help: string;
  };
  readonly options: Readonly<Record<string, OptionSpec>>;
  /** What `--json` gives, in words. */
  readonly json: string;
}

const workspace = {
  kind: 'string',
  value: 'DIR',
  required: true,
  help: 'Folder of the workspace (made by import when it does not exist).',
} as const satisfies OptionSpec;

const run = {
  kind: 'string',
  value: 'RUN',
  required: true,
  help: 'Run, as listed by `gantry runs`.',
} as const;
const seed = {
  kind: 'integer',
  value: 'S',
  min: 0,
  help: 'Seed of all random numbers.',
  defaultText: '1',
} as const satisfies OptionSpec;

export const commonOptions = {
  json: { kind: 'flag', help: 'Print one JSON object a line on stdout and nothing else.' },
  help: { kind: 'flag', help: 'Show this help.' },
} as const satisfies Record<string, OptionSpec>;

const training = {
  preset: {
    kind: 'string',
    value: 'NAME',
    help: 'Networks and settings: tiny (for a CPU), progressive (tiny, growing from 8 px), preview, balanced, quality.',
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
const labelOptions = {
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

const length = {
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
const settings = {
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

export const commands = [
  {
    name: 'doctor',
    summary: 'Devices, engines and versions; what is missing and how to get it.',
    options: {},
    json: 'an item for every check: name, ok, detail, action; done.',
  },
  {
    name: 'inspect',
    summary: 'What image files hold, without importing them.',
    operands: {
      name: 'FILE',
      min: 1,
      max: Number.POSITIVE_INFINITY,
      help: 'DICOM, NIfTI, PNG, TIFF or JPEG files.',
    },
    detail:
      'Exit status 1 when none of the files could be decoded; one that could not is an item with its code and reason.',
    options: {},
    json: 'an item a file: path, kind, transferSyntax, rows, columns, frames, bits, orientation, min, max, mean, sha1_16; or path, code, reason. done: files, failed.',
  },
  {
    name: 'import',
    summary: 'Read DICOM, NIfTI, PNG, TIFF and JPEG files into a dataset of the workspace.',
    detail:
      'Folders are read recursively, and ZIP archives as if they were folders. A DICOMDIR stands for the files that it names. Identity is dropped: subjects and series are known by keyed hashes, and no file name is kept. Importing the same files again adds nothing.',
    operands: {
      name: 'PATH',
      min: 1,
      max: Number.POSITIVE_INFINITY,
      help: 'Files, folders, ZIP archives or a DICOMDIR.',
    },
    options: {
      workspace,
      dataset: { kind: 'string', value: 'NAME', required: true, help: 'Dataset to add to.' },
      'subject-from': {
        kind: 'string',
        value: 'HOW',
        help: 'What a subject is: identity (DICOM patient, BIDS sub- label, else the file), folder (the first one below PATH), file, or a regular expression whose first group, matched on the relative path, names the subject. Fixed by the first import into a dataset; a pattern is not kept as text and must be given again.',
        defaultText: 'identity',
      },
      plane: {
        kind: 'string',
        value: 'PLANE',
        choices: ['axial', 'coronal', 'sagittal', 'acquired', 'as-stored'],
        help: 'Plane to cut volumes into: NIfTI files, and DICOM series whose slices are evenly spaced; others stay as they were acquired, and a warning says why. acquired: the plane of the finest pixels; as-stored: across the last axis of the file.',
        defaultText: 'acquired',
      },
      volume: {
        kind: 'string',
        value: 'N',
        help: 'Which volume of a 4-D file, from 0; all: every one, each as a series.',
        defaultText: '0',
      },
      'colour-to-luminance': {
        kind: 'flag',
        help: 'Turn colour and palette images into luminance; without it they are rejected.',
      },
      labels: {
        kind: 'string',
        value: 'FILE',
        help: 'Table of labels (CSV or TSV): a column file, series or subject says what a row is about, the others are labels. Joined while names are known; names are not kept.',
      },
      'label-columns': {
        kind: 'string',
        value: 'LIST',
        help: 'Columns of the table to take, with commas between them.',
        defaultText: 'all but those that may name a person',
      },
      'label-from': {
        kind: 'string',
        value: 'HOW',
        help: 'Label out of the path: folder (the first one below PATH), parent (the folder of the file), or a regular expression on the relative path; its named groups are labels, its first group without a name is the label folder.',
      },
      'no-categories': {
        kind: 'flag',
        help: 'Drop sex, age band, manufacturer, model and field strength too, which are otherwise kept as categories. Fixed by the first import into a dataset, as the next two.',
      },
      dates: {
        kind: 'string',
        value: 'HOW',
        choices: ['removed', 'offsets'],
        help: "Dates of studies: removed, or offsets (days on a calendar of the subject's own, so that only distances between its studies mean anything).",
        defaultText: 'removed',
      },
      'keep-text': {
        kind: 'string',
        value: 'LIST',
        help: 'Texts to keep, which may name a person: SeriesDescription, StudyDescription, ProtocolName, ImageComments, PatientName.',
        defaultText: 'none',
      },
      'held-out': {
        kind: 'number',
        value: 'SHARE',
        min: 0,
        help: 'Share of the subjects kept for testing, 0 to 1. Fixed by the first import into a dataset.',
        defaultText: 'none below five subjects, a fifth from there on',
      },
      seed: {
        ...seed,
        help: 'Seed of the split into training and held-out subjects. Fixed by the first import into a dataset.',
      },
    },
    json: 'progress: done, total, secondsLeft. done: dataset, slices, added, already, setAside, series, subjects, trainSubjects, heldOutSubjects, notices, rejected [{path, code, reason}], labels (null, or rows, matchedRows, unmatchedLines, slicesWithoutRow, columns, leftOut), seconds. error NO_INPUT carries rejected too.',
  },
  {
    name: 'datasets',
    summary: 'List the datasets of a workspace.',
    options: { workspace },
    json: 'an item a dataset: dataset, state, slices, used, setAside, excluded, series, subjects, notices, seriesList [{id, …}].',
  },
  {
    name: 'check',
    summary: "A dataset's health before training: repeats, leaks, mixtures, outliers, size.",
    detail:
      'Looks at every slice in use: exact and near duplicates, also across subjects and across the split; mixed modalities, planes, contrasts, matrices and spacings; slices and series of strange brightness; empty slices; too few slices or subjects for the preset. Each finding says what to do, and by which rule `gantry slices` sets aside what it found.',
    options: {
      workspace,
      dataset: { kind: 'string', value: 'NAME', required: true, help: 'Dataset to look over.' },
      preset: {
        kind: 'string',
        value: 'NAME',
        help: 'Preset that it is meant for: tiny, progressive, preview, balanced, quality.',
      },
      size: { kind: 'integer', value: 'PX', min: 1, help: 'Edge of the training images in pixels.' },
    },
    json: 'an item of figures (slices, empty, excluded, series, trainSubjects, heldOutSubjects, trainSlices, heldOutSlices), one a property (kind spread: property, values [{value, slices, subjects}]) and one a finding (kind finding: code, severity problem|warning|note, message, advice, rule, excludes, count, slices). progress: done, total. done: dataset, healthy, problems, warnings, notes.',
  },
  {
    name: 'slices',
    summary: 'List the slices of a dataset; bring some back, or set some aside, by hand or by rule.',
    detail:
      'An import sets slices aside that show hardly anything. A choice made here is kept by later imports, recorded with its rule and time, and can be undone. A run that was begun before cannot be resumed after a change. Rules: duplicates (repeats within a subject, all but the first), near-duplicates, leaks (the same picture in two subjects; the training side keeps it), outliers, outlier-series, empty, and other-modalities, other-planes, other-contrasts, other-matrices, other-spacings (all but the commonest).',
    operands: {
      name: 'RULE',
      min: 0,
      max: 1,
      help: 'Only slices that this rule finds; with --restore, those that it set aside.',
    },
    options: {
      workspace,
      dataset: { kind: 'string', value: 'NAME', required: true, help: 'Dataset of the slices.' },
      state: {
        kind: 'string',
        value: 'STATE',
        choices: ['used', 'empty', 'excluded'],
        help: 'Only slices in this state.',
      },
      ids: { kind: 'string', value: 'LIST', help: 'Only these slices, by id: 1,2,3.' },
      restore: { kind: 'flag', help: 'Use the slices that RULE, --state or --ids name.' },
      exclude: { kind: 'flag', help: 'Set the slices aside that RULE, --state or --ids name.' },
      history: { kind: 'flag', help: 'List the changes that were made, instead of slices.' },
      undo: { kind: 'string', value: 'CHANGE', help: 'Put back what a change did: its number, or "last".' },
    },
    json: 'an item a slice: slice, series, order, state, reason, chosen; after a change as it is then. done: dataset, slices, changed, change. With --history an item a change: change, at, rule, state, slices, undoneAt; done: dataset, changes.',
  },
  {
    name: 'labels',
    summary: 'Count the labels of a dataset: slices and subjects of every value, by side of the split.',
    detail:
      "Labels are for conditional training. They come from the files' headers (modality, sequence, bodyPart, laterality, sex, ageBand, manufacturer, model, fieldStrength), from geometry (plane; position in the volume, 0 to 1 towards head, left or back, and its third), and from a table or folder names given to import. Slices that are set aside are not counted.",
    options: {
      workspace,
      dataset: { kind: 'string', value: 'NAME', required: true, help: 'Dataset of the labels.' },
    },
    json: 'an item a label: name, kind (class, continuous), origin (attribute, geometry, table), values [{value, slices, subjects, train {slices, subjects}, heldOut}], range {low, high, mean}, labelled, missing. done: dataset, labels.',
  },
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
    json: 'an item with the prediction (see plan) before the run begins, one with its name, and one named corrected after a minute: imagesPerSecond, seconds, secondsLeft, memoryBytes. progress: step, images, totalImages, lossD, lossG, scoreReal, scoreFake, gradientD, gradientG, seconds, imagesPerSecond, secondsLeft, of a progressive run also resolution and alpha (every step up to 100, every 10 after); an item with event resolution at each of its changes. done: run, images, seconds, imagesPerSecond, checkpoint, peakRssBytes.',
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
      format: {
        kind: 'string',
        value: 'KIND',
        choices: ['dicom', 'png', 'nifti'],
        help: 'dicom, png (16 bit) or nifti (one stack).',
        defaultText: 'dicom',
      },
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
      format: {
        kind: 'string',
        value: 'KIND',
        choices: ['dicom', 'png', 'nifti'],
        help: 'dicom, png (16 bit) or nifti (one stack).',
        defaultText: 'dicom',
      },
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
  {
    name: 'demo',
    summary: 'The whole job on a folder of scans, or on a built-in digital phantom.',
    detail:
      'Imports, trains, generates DICOM and draws a contact sheet. Without a PATH it makes analytic head slices with varied anatomy, contrast, bias field and Rician noise, plainly labelled as a phantom.',
    operands: { name: 'PATH', min: 0, max: Number.POSITIVE_INFINITY, help: 'Folders or files of scans.' },
    options: {
      minutes: { kind: 'number', value: 'M', min: 0.05, help: 'Length of the training.', defaultText: '8' },
      out: {
        kind: 'string',
        value: 'DIR',
        help: 'Folder for the workspace and the results.',
        defaultText: 'gantry-demo',
      },
      ...training,
      count: { kind: 'integer', value: 'N', min: 1, help: 'Slices to export.', defaultText: '64' },
      seed,
    },
    json: 'progress and item lines of every stage, with a stage field. done: workspace, run, images, imagesPerSecond, checkpoint, sheet, dicom, trainingSeconds, seconds.',
  },
  {
    name: 'study',
    summary: 'A blinded reader study: create it, send it out, take answers back, see the results.',
    detail:
      'create draws cases by chance from a run and its dataset, half of them real. export writes the file for a reader’s machine, without the truth, or with --reader the answers of one reader; import takes either in. results writes the report. Reading itself is done on the app’s Review page. Answers are locked by a hash chain.',
    operands: {
      name: 'ACTION',
      min: 1,
      max: 2,
      help: 'create, list, export, import FILE or results.',
    },
    options: {
      workspace,
      run: { kind: 'string', value: 'RUN', help: 'create: run that makes the synthetic slices.' },
      name: { kind: 'string', value: 'NAME', help: 'create: what the study is called.' },
      kind: {
        kind: 'string',
        value: 'KIND',
        choices: ['yes-no', 'forced-choice'],
        help: 'create: real or synthetic with five steps of confidence, or which of two is synthetic.',
        defaultText: 'yes-no',
      },
      cases: { kind: 'integer', value: 'N', min: 4, max: 5000, help: 'create: cases.', defaultText: '200' },
      training: {
        kind: 'integer',
        value: 'N',
        min: 0,
        max: 100,
        help: 'create: cases before them with the answer shown, not counted.',
        defaultText: '10',
      },
      label: { kind: 'string', value: 'NAME', help: 'create: label that cases are balanced over.' },
      margin: {
        kind: 'number',
        value: 'M',
        min: 0.01,
        max: 0.3,
        help: 'create: accuracies within this of one half count as guessing.',
        defaultText: '0.1',
      },
      seed,
      study: { kind: 'integer', value: 'N', min: 1, help: 'export, results: the study.' },
      reader: { kind: 'string', value: 'CODE', help: 'export: the answers of this reader.' },
      format: {
        kind: 'string',
        value: 'FORMAT',
        choices: ['html', 'json', 'csv', 'figures'],
        help: 'results: a page to print, everything, a line an answer, or a line a reader.',
        defaultText: 'html',
      },
      out: { kind: 'string', value: 'FILE', help: 'export, results: file to write.' },
    },
    json: 'create: progress; done: study, cases, training. list: an item a study: study, name, kind, cases, training, own, readers. export: done: study, reader, bytes. import: done: what, study, reader, added, finished, code. results: done: study, readers, answers, accuracy, area, equivalenceP, conclusion.',
  },
  {
    name: 'serve',
    summary: 'Open the app in a browser on this machine.',
    detail:
      'Bound to 127.0.0.1; the printed address holds a token. A missing workspace is made. Ctrl-C ends it (exit status 0).',
    options: {
      workspace,
      allow: {
        kind: 'string',
        value: 'DIRS',
        help: 'Folders that the page may import from; several separated as in PATH.',
      },
      port: {
        kind: 'integer',
        value: 'N',
        min: 0,
        max: 65535,
        help: 'Port; 0 takes a free one.',
        defaultText: '0',
      },
    },
    json: 'item: url.',
  },
] as const satisfies readonly CommandSpec[];

export type CommandName = (typeof commands)[number]['name'];

export const exitStatuses = [
  [0, 'done'],
  [1, 'failed; the message has a stable code'],
  [
    2,
    'wrong usage (USAGE); a size or value that is well written but impossible ends with 1 (BAD_SIZE, BAD_CONFIG)',
  ],
  [130, 'cancelled (Ctrl-C or SIGTERM), with a checkpoint where there is something to keep'],
] as const;
