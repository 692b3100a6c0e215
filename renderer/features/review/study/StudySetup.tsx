import { useEffect, useState } from 'react';
import { Button, Dialog, DialogTrigger, Modal, ModalOverlay } from 'react-aria-components';
import { Choice, NumberInput, TextInput } from '../../../components/Field.tsx';
import { Segments } from '../../../components/Segments.tsx';
import { WorkButton } from '../../../components/WorkButton.tsx';
import { client } from '../../../lib/client.ts';
import { formatCount } from '../../../lib/format.ts';
import { useText } from '../../../lib/i18n/index.ts';
import { type Failure, failureOf } from '../../../stores/resource.ts';
import { useRuns } from '../../../stores/runs.ts';
import { JobNote } from '../JobNote.tsx';
import { useCall } from '../useCall.ts';
import { useJob } from '../useJob.ts';

/** A button that asks a coordinator for a new study. */
export function StudySetup({ onCreated }: { onCreated: () => void }) {
  const { t } = useText();
  return (
    <DialogTrigger>
      <Button className="button primary">{t('study.new')}</Button>
      <ModalOverlay className="veil" isDismissable>
        <Modal className="dialog">
          <Dialog className="study-form" aria-label={t('study.new')}>
            {({ close }) => (
              <SetupForm
                close={close}
                onCreated={() => {
                  close();
                  onCreated();
                }}
              />
            )}
          </Dialog>
        </Modal>
      </ModalOverlay>
    </DialogTrigger>
  );
}

type Kind = 'yes-no' | 'forced-choice';

function SetupForm({ close, onCreated }: { close: () => void; onCreated: () => void }) {
  const { t } = useText();
  const runs = useRuns((store) => store.list);
  const usable = runs.status === 'ready' ? runs.value.filter(({ images }) => images > 0) : [];
  const [name, setName] = useState('');
  const [run, setRun] = useState('');
  const [kind, setKind] = useState<Kind>('yes-no');
  const [cases, setCases] = useState(200);
  const [training, setTraining] = useState(10);
  const [label, setLabel] = useState('');
  const [margin, setMargin] = useState(10);
  const [seed, setSeed] = useState(1);
  const [failure, setFailure] = useState<Failure>();
  const runId = run || (usable[0]?.id ?? '');
  const [labels] = useCall(
    () => (runId === '' ? Promise.resolve([]) : client.studies.labels({ runId })),
    runId,
  );
  const { job, follow } = useJob(onCreated);
  const noLabel = t('study.label.none');
  const even = kind === 'yes-no' ? 2 : 1;
  const start = async () => {
    setFailure(undefined);
    try {
      const { jobId } = await client.studies.create({
        name: name.trim(),
        runId,
        kind,
        cases: even * Math.ceil(cases / even),
        training: even * Math.ceil(training / even),
        label: label === '' ? null : label,
        margin: margin / 100,
        seed,
      });
      follow(jobId);
    } catch (error) {
      setFailure(failureOf(error));
    }
  };
  return (
    <>
      <h2>{t('study.new').replace('…', '')}</h2>
      <div className="form-row">
        <TextInput label={t('study.name')} value={name} onChange={setName} autoFocus />
        <Choice
          label={t('review.run')}
          value={runId}
          options={usable.map(({ id }) => id)}
          onChange={setRun}
        />
      </div>
      <Segments
        label={t('study.kind')}
        value={kind}
        onChange={setKind}
        options={(['yes-no', 'forced-choice'] as const).map((id) => ({ id, text: t(`study.kind.${id}`) }))}
      />
      <div className="form-row">
        <NumberInput label={t('study.count')} value={cases} min={4} max={5000} onChange={setCases} />
        <NumberInput label={t('study.training')} value={training} min={0} max={100} onChange={setTraining} />
        <NumberInput label={t('study.margin')} value={margin} min={1} max={30} onChange={setMargin} />
      </div>
      <div className="form-row">
        <Choice
          label={t('study.label')}
          value={label === '' ? noLabel : label}
          options={[noLabel, ...(labels.status === 'ready' ? labels.value : [])]}
          onChange={(chosen) => setLabel(chosen === noLabel ? '' : chosen)}
        />
        <NumberInput label={t('train.seed')} value={seed} min={0} max={0xffffffff} onChange={setSeed} />
      </div>
      <Advice margin={margin / 100} onTake={setCases} />
      <p className="muted small">{t('study.fair')}</p>
      <JobNote job={job} failure={failure} />
      <div className="train-actions">
        <Button className="button" onPress={close}>
          {t('train.cancel')}
        </Button>
        <WorkButton
          className="button primary"
          isDisabled={name.trim() === '' || runId === ''}
          isWorking={job?.state === 'running'}
          onPress={() => void start()}
        >
          {t('study.create')}
        </WorkButton>
      </div>
    </>
  );
}

const aims = ['equivalence', 'detect', 'estimate'] as const;
type Aim = (typeof aims)[number];

/** How many cases it takes to show what is wanted. */
function Advice({ margin, onTake }: { margin: number; onTake: (cases: number) => void }) {
  const { t, language } = useText();
  const [aim, setAim] = useState<Aim>('equivalence');
  const [accuracy, setAccuracy] = useState(60);
  const [readers, setReaders] = useState(3);
  const [advice, setAdvice] = useState<{ answers: number; cases: number }>();
  useEffect(() => {
    const asked =
      aim === 'equivalence'
        ? { kind: aim, margin }
        : aim === 'detect'
          ? { kind: aim, accuracy: accuracy / 100 }
          : { kind: aim, halfWidth: margin };
    let live = true;
    client.studies.advice({ aim: asked, readers }).then(
      (next) => live && setAdvice(next),
      // Out of range while it is being typed: the last advice stays.
      () => {},
    );
    return () => {
      live = false;
    };
  }, [aim, accuracy, readers, margin]);
  return (
    <fieldset className="advice">
      <legend>{t('study.advice')}</legend>
      <div className="form-row">
        <Segments
          label={t('study.aim')}
          labelHidden
          value={aim}
          onChange={setAim}
          options={aims.map((id) => ({ id, text: t(`study.aim.${id}`) }))}
        />
        {aim === 'detect' ? (
          <NumberInput
            label={t('study.aim.accuracy')}
            value={accuracy}
            min={51}
            max={99}
            onChange={setAccuracy}
          />
        ) : null}
        <NumberInput label={t('study.readers')} value={readers} min={1} max={50} onChange={setReaders} />
      </div>
      {advice === undefined ? null : (
        <p role="status">
          {t('study.advice.text', {
            cases: formatCount(advice.cases, language),
            readers,
            answers: formatCount(advice.answers, language),
          })}{' '}
          <Button className="button" onPress={() => onTake(Math.min(5000, advice.cases))}>
            {t('study.advice.take')}
          </Button>
        </p>
      )}
    </fieldset>
  );
}
