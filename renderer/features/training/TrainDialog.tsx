import { useEffect, useState } from 'react';
import { Button, Dialog, DialogTrigger, Modal, ModalOverlay } from 'react-aria-components';
import type {
  DatasetSummary,
  DeviceChoices,
  LabelChoice,
  PresetChoice,
  TrainingRequest,
} from '../../../src/contract/index.ts';
import { Choice, NumberInput } from '../../components/Field.tsx';
import { FailureNote } from '../../components/Notice.tsx';
import { Segments } from '../../components/Segments.tsx';
import { WorkButton } from '../../components/WorkButton.tsx';
import { client } from '../../lib/client.ts';
import { useText } from '../../lib/i18n/index.ts';
import { type Failure, failureOf } from '../../stores/resource.ts';
import { go } from '../../stores/route.ts';
import { LabelsChoice } from './LabelsChoice.tsx';
import { PredictionView } from './PredictionView.tsx';
import { usePrediction } from './usePrediction.ts';

/** A button that asks for the settings of a run on a dataset, and starts it. */
export function TrainButton({ dataset }: { dataset: DatasetSummary }) {
  const { t } = useText();
  return (
    <DialogTrigger>
      <Button className="button primary" isDisabled={dataset.slices === 0}>
        {t('train.open')}
      </Button>
      <ModalOverlay className="veil" isDismissable>
        <Modal className="dialog">
          <Dialog className="train-form" aria-label={t('train.title', { dataset: dataset.name })}>
            {({ close }) => <TrainForm dataset={dataset} close={close} />}
          </Dialog>
        </Modal>
      </ModalOverlay>
    </DialogTrigger>
  );
}

type Unit = 'minutes' | 'images';

/** Where a refusal is shown: beside the choice that it is about. */
const causes: Readonly<Record<string, 'labels' | 'device' | 'size'>> = {
  BAD_LABEL: 'labels',
  DEVICE_UNAVAILABLE: 'device',
  DEVICE_LOST: 'device',
  OP_UNSUPPORTED: 'device',
  BAD_SIZE: 'size',
};

function TrainForm({ dataset, close }: { dataset: DatasetSummary; close: () => void }) {
  const { t, maybe } = useText();
  const [choices, setChoices] = useState<readonly PresetChoice[]>([]);
  const [labels, setLabels] = useState<readonly LabelChoice[]>();
  const [devices, setDevices] = useState<DeviceChoices>();
  const [name, setName] = useState('');
  const [size, setSize] = useState(0);
  const [unit, setUnit] = useState<Unit>('minutes');
  const [length, setLength] = useState(8);
  const [hasLength, setHasLength] = useState(true);
  const [seed, setSeed] = useState(1);
  const [device, setDevice] = useState('auto');
  const [conditions, setConditions] = useState<ReadonlySet<string>>(new Set());
  const [isBalanced, setBalanced] = useState(false);
  const [isStarting, setStarting] = useState(false);
  const [failure, setFailure] = useState<Failure>();
  const preset = choices.find((choice) => choice.name === name);

  const choose = (choice: PresetChoice | undefined) => {
    setName(choice?.name ?? '');
    setSize(choice?.defaultSize ?? 0);
  };
  // biome-ignore lint/correctness/useExhaustiveDependencies: asked for once, when the form opens
  useEffect(() => {
    const failed = (error: unknown) => setFailure(failureOf(error));
    client.runs.choices().then((loaded) => {
      setChoices(loaded);
      choose(loaded[0]);
    }, failed);
    client.datasets.labels({ datasetId: dataset.id }).then(setLabels, failed);
    client.runs.devices().then(setDevices, failed);
  }, []);

  const request: TrainingRequest | null =
    preset !== undefined && hasLength && length >= 1
      ? {
          datasetId: dataset.id,
          preset: name,
          size,
          seed,
          device,
          ...(conditions.size === 0 ? {} : { conditions: [...conditions], balanced: isBalanced }),
          ...(unit === 'minutes' ? { minutes: length } : { images: length }),
        }
      : null;
  const predicted = usePrediction(request);
  const refused = failure ?? predicted.failure;
  const cause = refused?.code === undefined ? undefined : causes[refused.code];

  const start = async () => {
    if (request === null) return;
    setStarting(true);
    setFailure(undefined);
    try {
      const { runId } = await client.runs.start(request);
      close();
      go('runs', runId);
    } catch (error) {
      setFailure(failureOf(error));
      setStarting(false);
    }
  };
  // A choice that changes answers what was said of the last one.
  const renew = <T,>(set: (value: T) => void) => {
    return (value: T) => {
      setFailure(undefined);
      set(value);
    };
  };

  return (
    <>
      <h2>{t('train.title', { dataset: dataset.name })}</h2>
      <div className="train-row">
        <Choice
          label={t('train.preset')}
          value={name}
          options={choices.map((choice) => choice.name)}
          onChange={renew((chosen) => choose(choices.find((choice) => choice.name === chosen)))}
        />
        <Choice
          label={t('train.size')}
          value={String(size)}
          options={(preset?.sizes ?? []).map(String)}
          onChange={renew((chosen) => setSize(Number(chosen)))}
        />
      </div>
      {preset === undefined ? null : (
        <p className="muted">{maybe(`preset.${preset.name}`, preset.description)}</p>
      )}
      <FailureNote failure={cause === 'size' ? refused : undefined} />
      <div className="train-row">
        <NumberInput
          label={t('train.length')}
          value={length}
          min={1}
          max={1e9}
          onChange={renew(setLength)}
          onValid={setHasLength}
        />
        <Segments
          label={t('train.length')}
          labelHidden
          value={unit}
          onChange={(chosen) => {
            setUnit(chosen);
            setLength(chosen === 'minutes' ? 8 : (preset?.images ?? 10_000));
          }}
          options={(['minutes', 'images'] as const).map((id) => ({ id, text: t(`train.length.${id}`) }))}
        />
      </div>
      <div className="train-row">
        <Choice
          label={t('train.device')}
          value={device}
          options={['auto', ...(devices?.devices ?? []).map((one) => one.name)]}
          textOf={(one) => {
            if (one === 'auto') {
              return devices === undefined
                ? t('train.device.auto')
                : t('train.device.automatic', { device: devices.automatic });
            }
            const isMissing = devices?.devices.find((known) => known.name === one)?.missing != null;
            return isMissing ? t('train.device.missing', { device: one }) : one;
          }}
          onChange={renew(setDevice)}
        />
        <NumberInput label={t('train.seed')} value={seed} min={0} max={0xffffffff} onChange={setSeed} />
      </div>
      <FailureNote failure={cause === 'device' ? refused : undefined} />
      {labels === undefined ? null : (
        <LabelsChoice
          labels={labels}
          chosen={conditions}
          isBalanced={isBalanced}
          failure={cause === 'labels' ? refused : undefined}
          onChoose={renew(setConditions)}
          onBalanced={setBalanced}
        />
      )}
      <PredictionView prediction={predicted.prediction} isWaiting={predicted.isWaiting} />
      <FailureNote failure={cause === undefined ? refused : undefined} />
      <div className="train-actions">
        <Button className="button" onPress={close}>
          {t('train.cancel')}
        </Button>
        <WorkButton
          className="button primary"
          isWorking={isStarting}
          isDisabled={request === null}
          onPress={() => void start()}
        >
          {isStarting ? t('train.starting') : t('train.start')}
        </WorkButton>
      </div>
    </>
  );
}
