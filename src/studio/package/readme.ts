import { marking } from '../../exporting/index.ts';
import type { Report } from '../evaluate/report.ts';
import type { CopyCheck } from '../generate/provenance.ts';
import type { PackageRequest } from './request.ts';

/** What is in a package and what it may be used for, in plain words. */
export function readme(request: PackageRequest, report: Report, copies: CopyCheck): string {
  const { run, count, seed, withReal } = request;
  const copied =
    copies.unchecked === null
      ? `${copies.leftOut} near-copies of training slices were left out; ${copies.searched} training slices were searched.`
      : `The slices were not checked for near-copies: ${copies.unchecked}.`;
  const real =
    withReal === true
      ? 'report/report.html SHOWS REAL TRAINING SLICES, because that was asked for: treat this package as you treat the scans.'
      : 'No slice of a real patient is in this package, and no weights of the network.';
  return `${marking}

Study package of ${run}: ${count - copies.leftOut} synthetic slices of seed ${seed}, from ${report.application}.
For research only. Not for diagnosis, treatment or any decision on a person.

slices/               the synthetic slices, each marked as synthetic, and their manifest
labels.csv            file, seed and index of every slice, and its labels where the run has some
report/report.html    the evaluation, in a page that needs no network; report.json holds the same numbers
report/model-card.md  what the model is, what it was made from, what it may be used for; also as JSON
package.json          seeds, hashes of the dataset and the model, and the SHA-256 of every file here

${copied}
${real}

What the evaluation says:
${report.findings.map((finding) => `- ${finding}`).join('\n')}
${report.limits.length === 0 ? '' : `\nWhat it cannot tell:\n${report.limits.map((limit) => `- ${limit}`).join('\n')}\n`}`;
}
