import { useEffect, useState } from 'react';
import type { DatasetSummary, MergePlanView } from '../../../src/contract/index.ts';
import { Check } from '../../components/Check.tsx';
import { ActDialog } from '../../components/ConfirmDialog.tsx';
import { TextInput } from '../../components/Field.tsx';
import { Figures } from '../../components/Figures.tsx';
import { FailureNote } from '../../components/Notice.tsx';
import { client } from '../../lib/client.ts';
import { formatCount } from '../../lib/format.ts';
import { useText } from '../../lib/i18n/index.ts';
import { loading, type Resource, settle } from '../../stores/resource.ts';

/** Makes one dataset of several, as a job; says before what it will do. */
export function MergeButton({ datasets }: { datasets: readonly DatasetSummary[] }) {
  const { t, language } = useText();
  // In the order of choosing: the first one's word counts most.
  const [chosen, setChosen] = useState<readonly string[]>([]);
  const [name, setName] = useState('');
  const ids = chosen.filter((id) => datasets.some((dataset) => dataset.id === id));
  const plan = useMergePlan(ids);
  const toggle = (id: string, on: boolean) =>
    setChosen((before) => [...before.filter((other) => other !== id), ...(on ? [id] : [])]);
  return (
    <ActDialog
      open={t('merge.open')}
      title={t('merge.title')}
      yes={t('merge.start')}
      isDisabled={name === '' || plan?.status !== 'ready'}
      act={async () => {
        await client.merges.start({ datasetIds: [...ids], name });
        setChosen([]);
        setName('');
      }}
    >
      <p>{t('merge.text')}</p>
      <fieldset className="labels-choice">
        <legend>{t('merge.choose')}</legend>
        {datasets.map(({ id, name: known, slices }) => {
          const place = ids.indexOf(id);
          const fill = { name: known, slices: formatCount(slices, language) };
          const text = place < 0 ? t('merge.choice', fill) : t('merge.order', { ...fill, place: place + 1 });
          return <Check key={id} isSelected={place >= 0} text={text} onChange={(isOn) => toggle(id, isOn)} />;
        })}
      </fieldset>
      <TextInput
        label={t('merge.name')}
        hint={t('manage.name.hint')}
        value={name}
        maxLength={64}
        onChange={setName}
      />
      <div role="status">
        {plan === undefined ? (
          <p className="muted">{t('merge.fewer')}</p>
        ) : plan.status === 'loading' ? (
          <p className="muted">{t('merge.looking')}</p>
        ) : plan.status === 'failed' ? (
          <FailureNote failure={plan.failure} withCode />
        ) : (
          <PlanView plan={plan.value} />
        )}
      </div>
    </ActDialog>
  );
}

/** What merging these would do; undefined for fewer than two. */
function useMergePlan(ids: readonly string[]): Resource<MergePlanView> | undefined {
  const key = ids.join();
  const [plan, setPlan] = useState<Resource<MergePlanView>>(loading);
  useEffect(() => {
    const datasetIds = key.split(',').filter((id) => id !== '');
    if (datasetIds.length < 2) return;
    let live = true;
    setPlan(loading);
    void settle(client.merges.plan({ datasetIds })).then((next) => {
      if (live) setPlan(next);
    });
    return () => {
      live = false;
    };
  }, [key]);
  return ids.length < 2 ? undefined : plan;
}

function PlanView({ plan }: { plan: MergePlanView }) {
  const { t, maybe, language } = useText();
  const count = (value: number) => formatCount(value, language);
  const list = plan.labelConflicts.map(({ name, slices }) =>
    t('merge.label', { name, slices: count(slices) }),
  );
  return (
    <>
      <Figures
        items={[
          { label: t('merge.slices'), value: count(plan.slices) },
          { label: t('merge.subjects'), value: count(plan.subjects) },
          { label: t('merge.joined'), value: count(plan.joined) },
          { label: t('merge.shared'), value: count(plan.sharedSubjects) },
          { label: t('merge.conflicts'), value: count(plan.conflicts) },
        ]}
      />
      {plan.warnings.map((code) => (
        <p key={code} className="note">
          {maybe(`notice.${code}`, code)}
        </p>
      ))}
      {list.length === 0 ? null : <p className="note">{t('merge.labels', { list: list.join(', ') })}</p>}
    </>
  );
}
