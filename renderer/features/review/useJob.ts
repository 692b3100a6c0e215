import { useEffect, useState } from 'react';
import type { Job } from '../../../src/contract/index.ts';
import { useJobs } from '../../stores/jobs.ts';

/** A job that this page started; `onDone` is called once when it has ended well. */
export function useJob(onDone: (outcome: NonNullable<Job['outcome']>) => void): {
  readonly job: Job | undefined;
  follow(jobId: string): void;
} {
  const [jobId, follow] = useState<string>();
  const job = useJobs((store) => store.list.find(({ id }) => id === jobId));
  const state = job?.state;
  const outcome = job?.outcome;
  // biome-ignore lint/correctness/useExhaustiveDependencies: told once, when the job ends
  useEffect(() => {
    if (state === 'done' && outcome !== null && outcome !== undefined) onDone(outcome);
  }, [state]);
  return { job, follow };
}
