import { useState } from 'react';
import type { GenerateRequest, Picked } from '../../../src/contract/index.ts';
import { Check } from '../../components/Check.tsx';
import { FolderChoice } from '../../components/FolderChoice.tsx';
import { FailureNote } from '../../components/Notice.tsx';
import { Segments } from '../../components/Segments.tsx';
import { WorkButton } from '../../components/WorkButton.tsx';
import { client } from '../../lib/client.ts';
import { useText } from '../../lib/i18n/index.ts';
import { useJobs } from '../../stores/jobs.ts';
import { type Failure, failureOf } from '../../stores/resource.ts';
import { JobRow } from '../jobs/JobRow.tsx';

/** The frames to files, through the same quarantine as every export. */
export function ExploreExport({ jobId, runId, canPick }: { jobId: string; runId: string; canPick: boolean }) {
  const { t } = useText();
  const [format, setFormat] = useState<GenerateRequest['format']>('dicom');
  const [leaveOut, setLeaveOut] = useState(true);
  const [folder, setFolder] = useState<Picked>();
  const [failure, setFailure] = useState<Failure>();
  const [isStarting, setStarting] = useState(false);
  const jobs = useJobs((store) => store.list).filter(
    ({ kind, subject }) => kind === 'generate' && subject === runId,
  );
  const start = async () => {
    setStarting(true);
    setFailure(undefined);
    try {
      await client.explorations.export({
        jobId,
        format,
        keepNearCopies: !leaveOut,
        target: folder === undefined ? { type: 'download' } : { type: 'picked', pickId: folder.pickId },
      });
    } catch (error) {
      setFailure(failureOf(error));
    }
    setStarting(false);
  };
  return (
    <section className="section explore-export">
      <h2>{t('explore.export')}</h2>
      <Segments
        label={t('generate.format')}
        value={format}
        onChange={setFormat}
        options={(['dicom', 'png', 'nifti'] as const).map((id) => ({ id, text: t(`generate.format.${id}`) }))}
      />
      <Check isSelected={leaveOut} onChange={setLeaveOut} text={t('generate.copies')} />
      <p className="muted">{t('explore.export.hint')}</p>
      {canPick ? <FolderChoice folder={folder} onChoose={setFolder} /> : null}
      <FailureNote failure={failure} />
      <div className="form-actions">
        <WorkButton
          className="button"
          isDisabled={canPick && folder === undefined}
          isWorking={isStarting}
          onPress={() => void start()}
        >
          {t('explore.export')}
        </WorkButton>
      </div>
      <ul className="plain-list">
        {jobs.map((job) => (
          <JobRow key={job.id} job={job} />
        ))}
      </ul>
    </section>
  );
}
