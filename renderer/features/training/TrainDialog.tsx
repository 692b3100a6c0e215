import { useEffect, useState } from 'react';
import { Button, Dialog, DialogTrigger, Modal, ModalOverlay } from 'react-aria-components';
import type { DatasetSummary, PresetChoice } from '../../../src/contract/index.ts';
import { Choice, NumberInput } from '../../components/Field.tsx';
import { Segments } from '../../components/Segments.tsx';
import { client } from '../../lib/client.ts';
import { useText } from '../../lib/i18n/index.ts';
import { type Failure, failureOf } from '../../stores/resource.ts';
import { go } from '../../stores/route.ts';

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

function TrainForm({ dataset, close }: { dataset: DatasetSummary; close: () => void }) {
  const { t, maybe } = useText();
  const [choices, setChoices] = useState<readonly PresetChoice[]>([]);
  const [name, setName] = useState('');
  const [size, setSize] = useState(0);
  const [unit, setUnit] = useState<Unit>('minutes');
  const [length, setLength] = useState(8);
  const [seed, setSeed] = useState(1);
  const [isStarting, setStarting] = useState(false);
  const [failure, setFailure] = useState<Failure>();
  const preset = choices.find((choice) => choice.name === name);

  const choose = (choice: PresetChoice | undefined) => {
    setName(choice?.name ?? '');
    setSize(choice?.defaultSize ?? 0);
  };
  // biome-ignore lint/correctness/useExhaustiveDependencies: asked for once, when the form opens
  useEffect(() => {
    client.runs.choices().then(
      (loaded) => {
        setChoices(loaded);
        choose(loaded[0]);
      },
      (error) => setFailure(failureOf(error)),
    );
  }, []);

  const start = async () => {
    setStarting(true);
    setFailure(undefined);
    try {
      const request = { datasetId: dataset.id, preset: name, size, seed };
      const { runId } = await client.runs.start(
        unit === 'minutes' ? { ...request, minutes: length } : { ...request, images: length },
      );
      close();
      go('runs', runId);
    } catch (error) {
      setFailure(failureOf(error));
      setStarting(false);
    }
  };

  return (
    <>
      <h2>{t('train.title', { dataset: dataset.name })}</h2>
      <div className="train-row">
        <Choice
          label={t('train.preset')}
          value={name}
          options={choices.map((choice) => choice.name)}
          onChange={(chosen) => choose(choices.find((choice) => choice.name === chosen))}
        />
        <Choice
          label={t('train.size')}
          value={String(size)}
          options={(preset?.sizes ?? []).map(String)}
          onChange={(chosen) => setSize(Number(chosen))}
        />
      </div>
      {preset === undefined ? null : (
        <p className="muted">{maybe(`preset.${preset.name}`, preset.description)}</p>
      )}
      <div className="train-row">
        <NumberInput label={t('train.length')} value={length} min={1} max={1e9} onChange={setLength} />
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
      <NumberInput label={t('train.seed')} value={seed} min={0} max={0xffffffff} onChange={setSeed} />
      {failure === undefined ? null : (
        <p className="note bad" role="alert">
          {failure.message} {failure.action}
        </p>
      )}
      <div className="train-actions">
        <Button className="button" onPress={close}>
          {t('train.cancel')}
        </Button>
        <Button
          className="button primary"
          isDisabled={isStarting || preset === undefined || !(length >= 1)}
          onPress={() => void start()}
        >
          {isStarting ? t('train.starting') : t('train.start')}
        </Button>
      </div>
    </>
  );
}
