import { fewSubjects } from '../split.ts';
import { type Finding, finding, type Inventory, type Severity } from './finding.ts';

/** What is planned with a dataset. */
export interface Needs {
  /** Least numbers that are sensible. */
  readonly slices: number;
  readonly subjects: number;
  /** "tiny at 64 pixels"; named in the advice. */
  readonly plan?: string | undefined;
  /** Edge of the training images, pixels. */
  readonly size?: number | undefined;
}

/** Below about these, memorising is easier than learning: judgement, not a measurement. */
export const defaultNeeds: Needs = { slices: 500, subjects: fewSubjects };

function percent(part: number, whole: number): string {
  return `${((100 * part) / Math.max(1, whole)).toFixed(1)} %`;
}

export function sizeFindings({ dataset, thumbnails }: Inventory, needs: Needs): Finding[] {
  const findings: Finding[] = [];
  const add = (code: string, severity: Severity, message: string, advice: string) => {
    findings.push(finding(code, severity, message, advice));
  };
  const forPlan = needs.plan === undefined ? '' : ` for ${needs.plan}`;
  // What is held out is not trained on.
  const { trainSlices, trainSubjects } = dataset;
  if (trainSlices < needs.slices) {
    add(
      'too-few-slices',
      trainSlices === 0 ? 'problem' : 'warning',
      `There are ${trainSlices} slices to train on; ${needs.slices} are a sensible least${forPlan}.`,
      trainSlices >= 300 && needs.slices > 500
        ? 'Choose a smaller preset or size, or import more; otherwise expect the generator to repeat what it has seen.'
        : 'Import more. With so few the generator repeats what it has seen; show nobody its slices as new ones.',
    );
  }
  if (trainSubjects < needs.subjects) {
    add(
      'too-few-subjects',
      'warning',
      `There are ${trainSubjects} subjects to train on; ${needs.subjects} are a sensible least${forPlan}.`,
      'A generator of so few people draws these people. Import more subjects before sharing what it makes.',
    );
  }
  const one = largestShare(thumbnails.map(({ subject }) => subject));
  if (dataset.subjects > 2 && one > 0.5) {
    add(
      'one-subject-dominates',
      'warning',
      `One subject has ${(100 * one).toFixed(0)} % of the slices in use.`,
      'The generator will draw this person most of the time. Import more of the others, or exclude some of these.',
    );
  }
  if (dataset.heldOutSubjects === 0) {
    add(
      'no-held-out-subjects',
      'note',
      'No subject is held out, so copying and quality can only be measured against the training slices.',
      `From ${fewSubjects} subjects on a fifth is held out; --held-out asks for it earlier.`,
    );
  }
  if (dataset.empty > 0.5 * dataset.total) {
    add(
      'mostly-empty',
      'warning',
      `${dataset.empty} of ${dataset.total} slices (${percent(dataset.empty, dataset.total)}) were set aside as empty.`,
      'Look at some of them: bring them back if they show something.',
    );
  }
  const { size } = needs;
  const smaller =
    size === undefined
      ? 0
      : thumbnails.filter(({ slice }) => Math.max(slice.rows, slice.columns) < size).length;
  if (size !== undefined && smaller > 0.5 * thumbnails.length) {
    add(
      'enlarged',
      'note',
      `${percent(smaller, thumbnails.length)} of the slices have fewer than ${size} pixels along their longer side and would be enlarged.`,
      'A smaller --size trains faster and loses nothing.',
    );
  }
  return findings;
}

/** Share of the commonest value. */
function largestShare(values: readonly number[]): number {
  const counts = new Map<number, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return Math.max(0, ...counts.values()) / Math.max(1, values.length);
}
