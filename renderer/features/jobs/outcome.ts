import type { Job } from '../../../src/contract/index.ts';
import type { Translate } from '../../lib/i18n/index.ts';

/** What a job that is done has made, in a sentence; undefined where "done" says it all. */
export function jobOutcomeText(job: Job, t: Translate, count: (value: number) => string): string | undefined {
  const figure = (name: string) => {
    const value = job.outcome?.[name];
    return typeof value === 'number' ? value : undefined;
  };
  if (job.state !== 'done') return undefined;
  if (job.kind === 'import' || job.kind === 'demo') {
    const added = figure('added');
    const setAside = figure('setAside') ?? 0;
    return added === undefined
      ? undefined
      : t('jobs.import.done', { added: count(added), setAside: count(setAside) });
  }
  if (job.kind === 'merge') {
    const slices = figure('slices');
    const joined = figure('joined') ?? 0;
    return slices === undefined
      ? undefined
      : t('jobs.merge.done', { slices: count(slices), joined: count(joined) });
  }
  if (job.kind === 'generate') {
    const written = figure('written');
    const copies = figure('nearCopies') ?? 0;
    if (written === undefined) return undefined;
    const done = t('jobs.generate.done', { written: count(written) });
    return copies > 0 ? `${done} ${t('jobs.generate.copies', { copies: count(copies) })}` : done;
  }
  return undefined;
}
