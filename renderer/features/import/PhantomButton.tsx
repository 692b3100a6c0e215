import { useEffect, useState } from 'react';
import { FailureNote } from '../../components/Notice.tsx';
import { WorkButton } from '../../components/WorkButton.tsx';
import { client } from '../../lib/client.ts';
import { useText } from '../../lib/i18n/index.ts';
import { useJobs } from '../../stores/jobs.ts';
import { type Failure, failureOf } from '../../stores/resource.ts';
import { go } from '../../stores/route.ts';

const minutes = 5;

/** The first steps without any scans; when the run has begun, it is shown. */
export function PhantomButton() {
  const { t } = useText();
  const [jobId, setJobId] = useState<string>();
  const [failure, setFailure] = useState<Failure>();
  const job = useJobs((store) => store.list.find(({ id }) => id === jobId));
  const runId = job?.outcome?.runId;
  useEffect(() => {
    if (typeof runId === 'string') go('runs', runId);
  }, [runId]);
  const start = async () => {
    setFailure(undefined);
    try {
      setJobId((await client.manage.tryPhantom({ minutes })).jobId);
    } catch (error) {
      setFailure(failureOf(error));
    }
  };
  return (
    <>
      <WorkButton className="button" isWorking={jobId !== undefined} onPress={() => void start()}>
        {t('first.phantom')}
      </WorkButton>
      <p>{t('first.phantom.text')}</p>
      <FailureNote failure={failure} />
    </>
  );
}
