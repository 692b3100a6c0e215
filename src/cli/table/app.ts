import { seed, training, workspace } from './shared.ts';
import type { CommandSpec } from './spec.ts';

/** The whole job, the reader study and the app. */
export const appCommands = [
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
    json: 'create: progress; done: study, cases, training. list: an item a study: study, name, kind, cases, training, own, readers. export: done: study, reader, bytes. import: done: what, study, reader, added, finished, code. results: done: study, readers (those who have finished; only they are counted), unfinished [{reader, done, total}], answers, accuracy, area, equivalenceP, conclusion.',
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
