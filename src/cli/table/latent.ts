import { format, labelOptions, run, seed, workspace } from './shared.ts';
import type { CommandSpec } from './spec.ts';

const place = (help: string) => ({ kind: 'string', value: 'SEED:INDEX', help }) as const;

/** Tools for the latent space of a run. */
export const latentCommands = [
  {
    name: 'latent',
    summary:
      "Walk through a run's latent space: interpolate, vary a label, project a real slice, sample near one.",
    detail:
      'interpolate goes from one slice to another (styles in a straight line, plain latents along the arc), its ends are the slices that generate gives. vary changes one label of a conditional run and nothing else. project searches the latent whose slice is nearest to a real one; without --slice to a held-out slice, drawn by the seed. near draws slices around a generated slice, a real one (which it projects), or a latent that project has saved. With --out the slices are exported as by generate, marked, with how each was made; with --sheet they are drawn. Near-copies of training slices, and of the real slice behind a projection, are left out of an export and counted, where ten or more subjects say how near that is. A projection is close to a real patient, and so is its sheet, which shows the real slice, and its saved latent: treat them as you treat the scans.',
    operands: { name: 'ACTION', min: 1, max: 1, help: 'interpolate, vary, project or near.' },
    options: {
      workspace,
      run,
      out: { kind: 'string', value: 'DIR', help: 'Folder to export the slices to; new or empty.' },
      sheet: { kind: 'string', value: 'FILE', help: 'PNG to draw the slices on.' },
      format,
      from: place('interpolate: slice to begin with, as generate numbers it; slice 0 of seed 1 is 1:0.'),
      to: place('interpolate: slice to end with.'),
      at: place('vary: the slice; near: the slice in the middle.'),
      over: {
        kind: 'string',
        value: 'NAME[=VALUES]',
        help: 'vary: a label, with its values (NAME=A,B,C) or a range (NAME=LOW..HIGH); default every class, or the whole range.',
      },
      frames: {
        kind: 'integer',
        value: 'N',
        min: 2,
        max: 1000,
        help: 'interpolate, vary over a range: number of slices.',
        defaultText: '9',
      },
      slice: {
        kind: 'integer',
        value: 'ID',
        min: 0,
        help: 'project, near: real slice, as `gantry slices` lists it.',
      },
      space: {
        kind: 'string',
        value: 'KIND',
        choices: ['w', 'w+'],
        help: 'project, near --slice: one style for all levels (w), or one for each (w+): nearer to the slice, less like what the run has learnt. Plain networks have neither.',
        defaultText: 'w; z for plain networks',
      },
      steps: {
        kind: 'integer',
        value: 'N',
        min: 10,
        max: 10_000,
        help: 'Steps of the search.',
        defaultText: '400',
      },
      starts: {
        kind: 'integer',
        value: 'N',
        min: 1,
        max: 16,
        help: 'Searches beside each other, of which the nearest counts.',
        defaultText: '4',
      },
      save: { kind: 'string', value: 'FILE', help: 'project: keep the latent as JSON, for near --latent.' },
      latent: { kind: 'string', value: 'FILE', help: 'near: a latent that project has saved.' },
      radius: {
        kind: 'number',
        value: 'R',
        min: 0,
        max: 1,
        help: 'near: how far the slices may differ: 0 (not at all) to 1 (unrelated).',
        defaultText: '0.3',
      },
      count: {
        kind: 'integer',
        value: 'N',
        min: 1,
        max: 1000,
        help: 'near: number of slices.',
        defaultText: '16',
      },
      seed: { ...seed, help: 'project, near: seed of the search and of the draws.' },
      ...labelOptions,
      truncation: {
        kind: 'number',
        value: 'PSI',
        min: 0,
        help: 'Of the generated slices that are named, as for generate.',
        defaultText: '1',
      },
      checkpoint: {
        kind: 'string',
        value: 'WHICH',
        help: 'newest, best, or a number of images.',
        defaultText: 'newest',
      },
      'keep-near-copies': { kind: 'flag', help: 'Export near-copies too, and do not look for them.' },
      'intensity-from': {
        kind: 'string',
        value: 'SERIES',
        help: 'Give the values in the units and window of this series, as for generate.',
      },
    },
    json: 'progress: done, total. done: kind, frames [{text, labels}], files, manifest, sheet (null where not asked for), nearCopiesLeftOut, searched, unchecked, notice (what must be said of slices that resemble a real one, or null); with a projection also projection: slice, side, space, rmse, nearestTraining {slice, rmse}, curve, ends, saved.',
  },
] as const satisfies readonly CommandSpec[];
