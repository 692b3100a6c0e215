import type { RunSummary } from '../../src/contract/index.ts';
import type { Page } from '../lib/route.ts';
import { go } from '../stores/route.ts';
import { Choice } from './Field.tsx';

/** Which run a screen is about; the address says so too. */
export function RunChoice({
  label,
  page,
  runs,
  run,
}: {
  label: string;
  page: Page;
  runs: readonly RunSummary[];
  run: RunSummary;
}) {
  const textOf = (id: string) => {
    const one = runs.find((candidate) => candidate.id === id);
    return one === undefined ? id : `${one.id} · ${one.dataset.name} · ${one.size} px`;
  };
  return (
    <Choice
      label={label}
      value={run.id}
      options={runs.map(({ id }) => id)}
      textOf={textOf}
      onChange={(id) => go(page, id)}
    />
  );
}
