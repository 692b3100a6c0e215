import { ProgressBar } from 'react-aria-components';

export interface ProgressProps {
  /** For screen readers. */
  readonly label: string;
  readonly done: number;
  /** null: not known yet. */
  readonly total: number | null;
  readonly text: string;
}

/** A thin bar; its figures are said beside it by whoever uses it. */
export function Progress({ label, done, total, text }: ProgressProps) {
  const percent = total === null || total === 0 ? undefined : Math.min(100, Math.round((done / total) * 100));
  return (
    <ProgressBar
      aria-label={label}
      valueLabel={text}
      {...(percent === undefined ? { isIndeterminate: true } : { value: percent })}
    >
      <div className="bar">
        <div style={{ width: `${percent ?? 0}%` }} />
      </div>
    </ProgressBar>
  );
}
