import { seed, workspace } from './shared.ts';
import type { CommandSpec } from './spec.ts';

/** Scans and datasets. */
export const dataCommands = [
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
    summary: 'List the datasets of a workspace, or merge several into a new one.',
    detail:
      'merge makes a new dataset; those that are named stay as they are. A person who is in several becomes one subject, known by the same key; slices that are the same are kept once, with the labels of all; what was set aside stays set aside. Everybody stays on their side of the split; who was held out in one dataset and trained on in another goes to training. Where two datasets say different things of one slice, the one that is named first is right, and the differences are counted. Pixels are not copied. There is the whole new dataset in the end, or none.',
    operands: {
      name: 'ACTION',
      min: 0,
      max: Number.POSITIVE_INFINITY,
      help: 'merge A B …: the datasets to merge.',
    },
    options: {
      workspace,
      into: { kind: 'string', value: 'NAME', help: 'merge: name of the new dataset.' },
      'dry-run': { kind: 'flag', help: 'merge: only say what it would do.' },
    },
    json: 'an item a dataset: dataset, state, slices, used, setAside, excluded, series, subjects, notices, seriesList [{id, …}]. merge: progress: done, total. done: dataset (not with --dry-run), slices, subjects, joined, conflicts, sharedSubjects, movedSubjects, labelConflicts [{name, slices}], warnings.',
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
        help: 'Preset that it is meant for: tiny, progressive, plain, r3, preview, balanced, quality.',
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
] as const satisfies readonly CommandSpec[];
