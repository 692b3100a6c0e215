import { useEffect, useState } from 'react';
import { importedDataset } from '../../../src/base/importedDataset.ts';
import type { GenerateChoices, GenerateRequest, Picked, RunSummary } from '../../../src/contract/index.ts';
import { Check } from '../../components/Check.tsx';
import { Choice, NumberInput } from '../../components/Field.tsx';
import { FolderChoice } from '../../components/FolderChoice.tsx';
import { FailureNote } from '../../components/Notice.tsx';
import { PercentSlider } from '../../components/PercentSlider.tsx';
import { RunChoice } from '../../components/RunChoice.tsx';
import { Segments } from '../../components/Segments.tsx';
import { WorkButton } from '../../components/WorkButton.tsx';
import { client } from '../../lib/client.ts';
import { formatCount } from '../../lib/format.ts';
import { useText } from '../../lib/i18n/index.ts';
import { type Failure, failureOf } from '../../stores/resource.ts';

const formats = ['dicom', 'png', 'nifti'] as const;
type Format = GenerateRequest['format'];
const contents = ['slices', 'package'] as const;
type Content = GenerateRequest['content'];

/** What to generate, and in plain words what the files will say about themselves. */
export function GenerateForm({ run, runs }: { run: RunSummary; runs: readonly RunSummary[] }) {
  const { t, language } = useText();
  const [choices, setChoices] = useState<GenerateChoices>();
  const [count, setCount] = useState(100);
  const [seed, setSeed] = useState(1);
  const [content, setContent] = useState<Content>('slices');
  const [withReal, setWithReal] = useState(false);
  const [isBalanced, setBalanced] = useState(false);
  const [format, setFormat] = useState<Format>('dicom');
  const [units, setUnits] = useState('');
  const [checkpoint, setCheckpoint] = useState<'newest' | 'best'>('newest');
  const [labels, setLabels] = useState<Readonly<Record<string, string>>>({});
  const [truncation, setTruncation] = useState(100);
  const [leaveOut, setLeaveOut] = useState(true);
  const [folder, setFolder] = useState<Picked>();
  const [failure, setFailure] = useState<Failure>();
  const [isStarting, setStarting] = useState(false);
  // A run that trains gets new checkpoints.
  // biome-ignore lint/correctness/useExhaustiveDependencies: the time of the change stands for "something changed"
  useEffect(() => {
    client.outputs.choices({ runId: run.id }).then(setChoices, (error) => setFailure(failureOf(error)));
  }, [run.id, run.updatedAt]);

  // A package has an evaluation in it, which needs the slices that the run was trained on.
  const isImported = run.dataset.name === importedDataset;
  const isPackage = content === 'package' && !isImported;
  const start = async () => {
    setStarting(true);
    setFailure(undefined);
    try {
      await client.outputs.start({
        runId: run.id,
        count,
        seed,
        format,
        keepNearCopies: !leaveOut,
        content: isPackage ? 'package' : 'slices',
        withReal: isPackage && withReal,
        checkpoint,
        truncation: isPackage ? 1 : truncation / 100,
        labels: isBalanced
          ? 'balanced'
          : Object.fromEntries(Object.entries(labels).filter(([, value]) => value !== '')),
        ...(units === '' || isPackage ? {} : { intensityFrom: units }),
        target: folder === undefined ? { type: 'download' } : { type: 'picked', pickId: folder.pickId },
      });
    } catch (error) {
      setFailure(failureOf(error));
    }
    setStarting(false);
  };
  const unitText = (series: string) => {
    const unit = choices?.units.find((one) => one.series === series)?.unit ?? t('datasets.unknown');
    return series === '' ? t('generate.units.none') : t('generate.units.series', { series, unit });
  };
  const canStart =
    choices !== undefined &&
    choices.checkpointImages !== null &&
    (!choices.canPick || folder !== undefined) &&
    count >= 1;
  return (
    <section className="section generate-form">
      <RunChoice label={t('generate.run')} page="generate" runs={runs} run={run} />
      {choices === undefined ? null : choices.checkpointImages === null ? (
        <p className="note">{t('generate.noCheckpoint')}</p>
      ) : (
        <p className="muted">
          {t('generate.from', { images: formatCount(choices.checkpointImages, language) })}
        </p>
      )}
      <div className="form-row">
        <NumberInput label={t('generate.count')} value={count} min={1} max={1_000_000} onChange={setCount} />
        <NumberInput label={t('generate.seed')} value={seed} min={0} max={0xffffffff} onChange={setSeed} />
      </div>
      <p className="muted">{t('generate.seed.hint')}</p>
      {isImported ? (
        <p className="note">{t('evaluate.imported', { run: run.id })}</p>
      ) : (
        <Segments
          label={t('generate.content')}
          value={content}
          onChange={setContent}
          options={contents.map((id) => ({ id, text: t(`generate.content.${id}`) }))}
        />
      )}
      {isPackage ? <p className="muted">{t('generate.content.package.hint')}</p> : null}
      {choices?.hasBest === true && !isPackage ? (
        <Segments
          label={t('generate.checkpoint')}
          value={checkpoint}
          onChange={setCheckpoint}
          options={(['newest', 'best'] as const).map((id) => ({ id, text: t(`generate.checkpoint.${id}`) }))}
        />
      ) : null}
      {choices === undefined || choices.labels.length === 0 ? null : (
        <Check isSelected={isBalanced} onChange={setBalanced} text={t('generate.label.balanced')} />
      )}
      {(isBalanced ? [] : (choices?.labels ?? [])).map(({ name, values }) => (
        <Choice
          key={name}
          label={name}
          value={labels[name] ?? ''}
          options={['', ...values]}
          textOf={(value) => (value === '' ? t('generate.label.asData') : value)}
          onChange={(value) => setLabels({ ...labels, [name]: value })}
        />
      ))}
      {isPackage ? null : (
        <>
          <PercentSlider
            label={t('generate.truncation')}
            value={truncation}
            min={0}
            max={100}
            onChange={setTruncation}
          />
          <p className="muted">{t('generate.truncation.hint')}</p>
        </>
      )}
      <Segments
        label={t('generate.format')}
        value={format}
        onChange={setFormat}
        options={formats.map((id) => ({ id, text: t(`generate.format.${id}`) }))}
      />
      {format === 'png' || isPackage ? null : (
        <Choice
          label={t('generate.units')}
          value={units}
          options={['', ...(choices?.units ?? []).map(({ series }) => series)]}
          textOf={unitText}
          onChange={setUnits}
        />
      )}
      <Check isSelected={leaveOut} onChange={setLeaveOut} text={t('generate.copies')} />
      <p className="muted">{t('generate.copies.hint')}</p>
      {isPackage ? (
        <>
          <Check isSelected={withReal} onChange={setWithReal} text={t('generate.withReal')} />
          <p className={withReal ? 'note bad' : 'muted'}>
            {t(withReal ? 'generate.withReal.yes' : 'generate.withReal.no')}
          </p>
        </>
      ) : null}
      <section className="says">
        <h2>{t('generate.says')}</h2>
        <p>
          {t(`generate.says.${format}`)} {t('generate.says.manifest')}
        </p>
      </section>
      {choices?.canPick === true ? <FolderChoice folder={folder} onChoose={setFolder} /> : null}
      {choices?.canPick === false ? <p className="muted">{t('generate.where.download')}</p> : null}
      <FailureNote failure={failure} />
      <div className="form-actions">
        <WorkButton
          className="button primary"
          isDisabled={!canStart}
          isWorking={isStarting}
          onPress={() => void start()}
        >
          {t('generate.start')}
        </WorkButton>
      </div>
    </section>
  );
}
