import { Button, FileTrigger } from 'react-aria-components';
import type { ImportRequest, ImportWays, Picked } from '../../../src/contract/index.ts';
import { Check } from '../../components/Check.tsx';
import { Choice, NumberInput } from '../../components/Field.tsx';
import { Segments } from '../../components/Segments.tsx';
import { client } from '../../lib/client.ts';
import { useText } from '../../lib/i18n/index.ts';
import { type Failure, failureOf } from '../../stores/resource.ts';

const subjects = ['identity', 'folder', 'file'] as const;
const planes = ['asAcquired', 'axial', 'coronal', 'sagittal'] as const;
const volumes = ['first', 'all'] as const;
const usualHeldOut = 20;

/** A table of labels: a file that the page holds, or one of the host that it has a name for. */
export type Table = File | Picked;

/** How scans are read and what is kept of them, as the form holds it. */
export interface ImportRules {
  readonly subject: (typeof subjects)[number];
  readonly plane: (typeof planes)[number];
  readonly volume: (typeof volumes)[number];
  readonly heldOut: number;
  readonly table: Table | undefined;
  readonly isLuminance: boolean;
  readonly keepsCategories: boolean;
}

export const usualRules: ImportRules = {
  subject: 'identity',
  plane: 'asAcquired',
  volume: 'first',
  heldOut: usualHeldOut,
  table: undefined,
  isLuminance: false,
  keepsCategories: true,
};

/** The rules of a request; what is as usual is left out, so that a dataset that was begun otherwise stays so. */
export function requestOf(rules: ImportRules): Omit<ImportRequest, 'dataset' | 'source' | 'labels'> {
  const { subject, plane, volume, heldOut, isLuminance, keepsCategories } = rules;
  return {
    ...(subject === 'identity' ? {} : { subjectFrom: subject }),
    ...(plane === 'asAcquired' ? {} : { plane }),
    ...(volume === 'all' ? { volume } : {}),
    ...(heldOut === usualHeldOut ? {} : { heldOut: heldOut / 100 }),
    ...(isLuminance ? { colour: 'luminance' } : {}),
    ...(keepsCategories ? {} : { keepCategories: false }),
  };
}

interface ImportRulesFormProps {
  readonly ways: ImportWays;
  readonly rules: ImportRules;
  change(changes: Partial<ImportRules>): void;
  onFailure(failure: Failure): void;
}

export function ImportRulesForm({ ways, rules, change, onFailure }: ImportRulesFormProps) {
  const { t } = useText();
  return (
    <>
      <Segments
        label={t('import.subject')}
        value={rules.subject}
        onChange={(subject) => change({ subject })}
        options={subjects.map((id) => ({ id, text: t(`import.subject.${id}`) }))}
      />
      <div className="form-row">
        <Choice
          label={t('import.plane')}
          value={rules.plane}
          options={planes}
          textOf={(id) => {
            const plane = planes.find((one) => one === id) ?? 'asAcquired';
            return plane === 'asAcquired' ? t('import.plane.asAcquired') : t(`plane.${plane}`);
          }}
          onChange={(id) => change({ plane: planes.find((one) => one === id) ?? 'asAcquired' })}
        />
        <Choice
          label={t('import.volume')}
          value={rules.volume}
          options={volumes}
          textOf={(id) => t(id === 'all' ? 'import.volume.all' : 'import.volume.first')}
          onChange={(id) => change({ volume: id === 'all' ? 'all' : 'first' })}
        />
      </div>
      <div>
        <NumberInput
          label={t('import.heldOut')}
          value={rules.heldOut}
          min={0}
          max={90}
          onChange={(heldOut) => change({ heldOut })}
        />
        <p className="field-hint">{t('import.heldOut.hint')}</p>
      </div>
      <TableChoice
        ways={ways}
        table={rules.table}
        onChange={(table) => change({ table })}
        onFailure={onFailure}
      />
      <Check
        isSelected={rules.isLuminance}
        text={t('import.colour')}
        onChange={(isLuminance) => change({ isLuminance })}
      />
      <div>
        <Check
          isSelected={rules.keepsCategories}
          text={t('import.categories')}
          onChange={(keepsCategories) => change({ keepsCategories })}
        />
        <p className="field-hint">{t('import.categories.hint')}</p>
      </div>
    </>
  );
}

interface TableChoiceProps {
  readonly ways: ImportWays;
  readonly table: Table | undefined;
  onChange(table: Table | undefined): void;
  /** Told when the shell's dialog fails. */
  onFailure(failure: Failure): void;
}

function TableChoice({ ways, table, onChange, onFailure }: TableChoiceProps) {
  const { t } = useText();
  return (
    <div className="field">
      <span className="control-label">{t('import.labels')}</span>
      <div className="import-buttons">
        {ways.canPick ? (
          <Button
            className="button"
            onPress={() =>
              void client.imports.pick({ kind: 'files' }).then(
                // Without a choice what was chosen before stays, also what was chosen meanwhile.
                (picked) => picked !== null && onChange(picked),
                (error) => onFailure(failureOf(error)),
              )
            }
          >
            {t('import.labels.choose')}
          </Button>
        ) : (
          <FileTrigger
            acceptedFileTypes={['.csv', '.tsv', '.txt']}
            onSelect={(list) => list?.[0] !== undefined && onChange(list[0])}
          >
            <Button className="button">{t('import.labels.choose')}</Button>
          </FileTrigger>
        )}
        {table === undefined ? null : (
          <>
            <span>{table.name}</span>
            <Button className="button" onPress={() => onChange(undefined)}>
              {t('import.labels.remove')}
            </Button>
          </>
        )}
      </div>
      <p className="field-hint">{t('import.labels.hint')}</p>
    </div>
  );
}
