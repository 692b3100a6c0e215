import { useState } from 'react';
import type { ExploreChoices, ExploreRequest, RunSummary } from '../../../src/contract/index.ts';
import { Check } from '../../components/Check.tsx';
import { Choice, NumberInput } from '../../components/Field.tsx';
import { FailureNote } from '../../components/Notice.tsx';
import { PercentSlider } from '../../components/PercentSlider.tsx';
import { RunChoice } from '../../components/RunChoice.tsx';
import { Segments } from '../../components/Segments.tsx';
import { WorkButton } from '../../components/WorkButton.tsx';
import { client } from '../../lib/client.ts';
import { useText } from '../../lib/i18n/index.ts';
import { type Failure, failureOf } from '../../stores/resource.ts';

const kinds = ['interpolate', 'vary', 'project', 'near'] as const;
type Kind = (typeof kinds)[number];
const seedMax = 0xffffffff;
const indexMax = 1_000_000;

export interface ExploreFormProps {
  readonly run: RunSummary;
  readonly runs: readonly RunSummary[];
  readonly choices: ExploreChoices;
  /** Job of the run's last projection, near which slices can be drawn. */
  readonly projectionJob: string | undefined;
}

/** What to walk through, and the button that starts it as a job. */
export function ExploreForm({ run, runs, choices, projectionJob }: ExploreFormProps) {
  const { t } = useText();
  const [kind, setKind] = useState<Kind>('interpolate');
  const [a, setA] = useState({ seed: 1, index: 0 });
  const [b, setB] = useState({ seed: 1, index: 1 });
  const [frames, setFrames] = useState(17);
  const [label, setLabel] = useState(choices.labels[0] ?? '');
  const [isDrawn, setDrawn] = useState(choices.heldOut > 0);
  const [slice, setSlice] = useState(1);
  const [space, setSpace] = useState<'w' | 'w+'>('w');
  const [steps, setSteps] = useState(400);
  const [isNearFound, setNearFound] = useState(false);
  const [radius, setRadius] = useState(30);
  const [failure, setFailure] = useState<Failure>();
  const [isStarting, setStarting] = useState(false);
  const nearFound = isNearFound && projectionJob !== undefined;

  const wish = (): ExploreRequest['wish'] => {
    switch (kind) {
      case 'interpolate':
        return { type: kind, from: a, to: b, frames };
      case 'vary':
        return { type: kind, at: a, label, frames };
      case 'project':
        return {
          type: kind,
          seed: a.seed,
          steps,
          ...(isDrawn ? {} : { sliceId: String(slice) }),
          ...(choices.hasStyles ? { space } : {}),
        };
      case 'near':
        return {
          type: kind,
          centre: nearFound ? { type: 'exploration', jobId: projectionJob } : { type: 'slice', ...a },
          radius: radius / 100,
          count: Math.min(64, frames),
          seed: b.seed,
        };
    }
  };
  const start = async () => {
    setStarting(true);
    setFailure(undefined);
    try {
      await client.explorations.start({ runId: run.id, wish: wish() });
    } catch (error) {
      setFailure(failureOf(error));
    }
    setStarting(false);
  };
  const seed = (text: string, value: typeof a, set: (next: typeof a) => void) => (
    <NumberInput
      label={text}
      value={value.seed}
      min={0}
      max={seedMax}
      onChange={(next) => set({ ...value, seed: next })}
    />
  );
  const index = (text: string, value: typeof a, set: (next: typeof a) => void) => (
    <NumberInput
      label={text}
      value={value.index}
      min={0}
      max={indexMax}
      onChange={(next) => set({ ...value, index: next })}
    />
  );
  const count = (
    <NumberInput label={t('explore.frames')} value={frames} min={2} max={65} onChange={setFrames} />
  );
  return (
    <section className="section explore-form">
      <RunChoice label={t('generate.run')} page="explore" runs={runs} run={run} />
      {choices.hasCheckpoint ? null : <p className="note">{t('generate.noCheckpoint')}</p>}
      <Segments
        label={t('explore.what')}
        value={kind}
        onChange={setKind}
        options={kinds.map((id) => ({ id, text: t(`explore.what.${id}`) }))}
      />
      {kind === 'interpolate' ? (
        <>
          <div className="form-row">
            {seed(t('explore.seedA'), a, setA)}
            {index(t('explore.indexA'), a, setA)}
          </div>
          <div className="form-row">
            {seed(t('explore.seedB'), b, setB)}
            {index(t('explore.indexB'), b, setB)}
          </div>
          {count}
        </>
      ) : null}
      {kind === 'vary' && choices.labels.length === 0 ? (
        <p className="note">{t('explore.noLabels')}</p>
      ) : null}
      {kind === 'vary' && choices.labels.length > 0 ? (
        <>
          <Choice label={t('explore.label')} value={label} options={choices.labels} onChange={setLabel} />
          <div className="form-row">
            {seed(t('explore.seed'), a, setA)}
            {index(t('explore.index'), a, setA)}
          </div>
          {count}
        </>
      ) : null}
      {kind === 'project' ? (
        <>
          {choices.heldOut > 0 ? (
            <Check isSelected={isDrawn} onChange={setDrawn} text={t('explore.drawn')} />
          ) : (
            <p className="note">{t('explore.noHeldOut')}</p>
          )}
          {isDrawn ? null : (
            <NumberInput
              label={t('explore.slice')}
              value={slice}
              min={1}
              max={1_000_000_000}
              onChange={setSlice}
            />
          )}
          <div className="form-row">
            {seed(t('explore.seed'), a, setA)}
            <NumberInput label={t('explore.steps')} value={steps} min={10} max={5000} onChange={setSteps} />
          </div>
          {choices.hasStyles ? (
            <Segments
              label={t('explore.space')}
              value={space}
              onChange={setSpace}
              options={(['w', 'w+'] as const).map((id) => ({ id, text: t(`explore.space.${id}`) }))}
            />
          ) : null}
        </>
      ) : null}
      {kind === 'near' ? (
        <>
          {projectionJob === undefined ? null : (
            <Segments
              label={t('explore.centre')}
              value={nearFound ? 'found' : 'slice'}
              onChange={(id) => setNearFound(id === 'found')}
              options={(['slice', 'found'] as const).map((id) => ({ id, text: t(`explore.centre.${id}`) }))}
            />
          )}
          {nearFound ? null : (
            <div className="form-row">
              {seed(t('explore.seedA'), a, setA)}
              {index(t('explore.indexA'), a, setA)}
            </div>
          )}
          <PercentSlider label={t('explore.radius')} value={radius} min={0} max={100} onChange={setRadius} />
          <div className="form-row">
            {count}
            {seed(t('explore.seed'), b, setB)}
          </div>
        </>
      ) : null}
      <FailureNote failure={failure} />
      <div className="form-actions">
        <WorkButton
          className="button primary"
          isDisabled={!choices.hasCheckpoint || (kind === 'vary' && choices.labels.length === 0)}
          isWorking={isStarting}
          onPress={() => void start()}
        >
          {t('explore.start')}
        </WorkButton>
      </div>
    </section>
  );
}
