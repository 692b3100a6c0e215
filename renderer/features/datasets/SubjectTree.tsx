import { Button, Collection, Tree, TreeItem, TreeItemContent } from 'react-aria-components';
import type { SeriesSummary } from '../../../src/contract/index.ts';
import { formatCount } from '../../lib/format.ts';
import { useText } from '../../lib/i18n/index.ts';

export interface SeriesTableProps {
  readonly series: readonly SeriesSummary[];
  readonly chosen: string | undefined;
  onChoose(seriesId: string | undefined): void;
}

interface Subject {
  readonly label: string;
  readonly side: SeriesSummary['side'];
  readonly series: readonly SeriesSummary[];
  readonly slices: number;
}

/** Series under their subjects, in the order in which the subjects appear. */
export function bySubject(series: readonly SeriesSummary[]): Subject[] {
  const groups = Map.groupBy(series, ({ subject }) => subject);
  return [...groups].map(([label, list]) => ({
    label,
    side: list[0]?.side ?? null,
    series: list,
    slices: list.reduce((sum, { slices }) => sum + slices, 0),
  }));
}

/** Subjects, each with its series; choosing a series shows its slices alone. */
export function SubjectTree({ series, chosen, onChoose }: SeriesTableProps) {
  const { t, maybe, language } = useText();
  const count = (value: number) => formatCount(value, language);
  return (
    <div className="table-box">
      <Tree
        className="tree"
        aria-label={t('series.tree')}
        selectionMode="single"
        selectionBehavior="toggle"
        selectedKeys={chosen === undefined ? [] : [chosen]}
        onSelectionChange={(keys) => {
          const key = keys === 'all' ? undefined : [...keys].map(String)[0];
          onChoose(series.some(({ id }) => id === key) ? key : undefined);
        }}
        items={bySubject(series)}
      >
        {(subject) => (
          <TreeItem id={`subject ${subject.label}`} textValue={subject.label} className="tree-item">
            <TreeItemContent>
              <Button slot="chevron" className="tree-chevron">
                ▸
              </Button>
              <span>{subject.label}</span>
              <span className="muted">
                {subject.side === null ? t('datasets.unknown') : t(`datasets.side.${subject.side}`)} ·{' '}
                {t('series.subject.count', {
                  series: count(subject.series.length),
                  slices: count(subject.slices),
                })}
              </span>
            </TreeItemContent>
            <Collection items={subject.series}>
              {(one) => (
                <TreeItem id={one.id} textValue={one.label} className="tree-item leaf">
                  <TreeItemContent>
                    <span>{one.label}</span>
                    <span className="muted">
                      {[
                        one.modality,
                        one.sequence,
                        one.plane === null ? null : maybe(`plane.${one.plane}`, one.plane),
                      ]
                        .filter((part) => part !== null)
                        .join(' · ')}{' '}
                      · {t('health.slices', { count: count(one.slices) })}
                    </span>
                  </TreeItemContent>
                </TreeItem>
              )}
            </Collection>
          </TreeItem>
        )}
      </Tree>
    </div>
  );
}
