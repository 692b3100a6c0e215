import { useMemo, useState } from 'react';
import { Cell, Column, Row, Table, TableBody, TableHeader } from 'react-aria-components';
import { Segments } from '../../components/Segments.tsx';
import { formatCount, formatFigure } from '../../lib/format.ts';
import { useText } from '../../lib/i18n/index.ts';
import { type SeriesTableProps, SubjectTree } from './SubjectTree.tsx';

/** All series, in a table or under their subjects; choosing one shows its slices alone, choosing it again all. */
export function SeriesTable(props: SeriesTableProps) {
  const { t } = useText();
  const [view, setView] = useState<'table' | 'tree'>('table');
  return (
    <section className="section">
      <div className="section-head">
        <h2>{t('datasets.seriesTable')}</h2>
        <Segments
          label={t('series.view')}
          labelHidden
          value={view}
          onChange={setView}
          options={(['table', 'tree'] as const).map((id) => ({ id, text: t(`series.${id}`) }))}
        />
      </div>
      {view === 'tree' ? <SubjectTree {...props} /> : <FlatTable {...props} />}
    </section>
  );
}

function FlatTable({ series, chosen, onChoose }: SeriesTableProps) {
  const { t, maybe, language } = useText();
  const unknown = t('datasets.unknown');
  const byLabel = useMemo(
    () => series.toSorted((a, b) => a.label.localeCompare(b.label, undefined, { numeric: true })),
    [series],
  );
  return (
    <div className="table-box">
      <Table
        className="table"
        aria-label={t('datasets.seriesTable')}
        selectionMode="single"
        selectionBehavior="toggle"
        selectedKeys={chosen === undefined ? [] : [chosen]}
        onSelectionChange={(keys) => onChoose(keys === 'all' ? undefined : [...keys].map(String)[0])}
      >
        <TableHeader>
          <Column isRowHeader>{t('datasets.series')}</Column>
          <Column>{t('datasets.subject')}</Column>
          <Column>{t('datasets.side')}</Column>
          <Column>{t('datasets.modality')}</Column>
          <Column>{t('datasets.sequence')}</Column>
          <Column>{t('datasets.plane')}</Column>
          <Column className="number">{t('datasets.matrix')}</Column>
          <Column className="number">{t('datasets.spacing')}</Column>
          <Column className="number">{t('datasets.slices')}</Column>
          <Column className="number">{t('datasets.setAside')}</Column>
        </TableHeader>
        <TableBody items={byLabel}>
          {(one) => (
            <Row id={one.id}>
              <Cell>{one.label}</Cell>
              <Cell>{one.subject}</Cell>
              <Cell>{one.side === null ? unknown : t(`datasets.side.${one.side}`)}</Cell>
              <Cell>{one.modality ?? unknown}</Cell>
              <Cell>{one.sequence ?? unknown}</Cell>
              <Cell>{one.plane === null ? unknown : maybe(`plane.${one.plane}`, one.plane)}</Cell>
              <Cell className="number">
                {one.columns} × {one.rows}
              </Cell>
              <Cell className="number">
                {one.pixelSpacingMm === null
                  ? unknown
                  : one.pixelSpacingMm.map((mm) => formatFigure(mm, language)).join(' × ')}
              </Cell>
              <Cell className="number">{formatCount(one.slices, language)}</Cell>
              <Cell className="number">{formatCount(one.setAside, language)}</Cell>
            </Row>
          )}
        </TableBody>
      </Table>
    </div>
  );
}
