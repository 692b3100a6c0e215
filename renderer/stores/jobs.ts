import { create } from 'zustand';
import type { Job } from '../../src/contract/index.ts';

interface JobsStore {
  /** Newest first. */
  readonly list: readonly Job[];
  replace(jobs: readonly Job[]): void;
  put(job: Job): void;
  remove(jobId: string): void;
}

/** Long work of the Studio, as the change stream tells it. */
export const useJobs = create<JobsStore>((set) => ({
  list: [],
  replace: (jobs) => set({ list: jobs }),
  put: (job) =>
    set(({ list }) => ({
      list: list.some(({ id }) => id === job.id)
        ? list.map((one) => (one.id === job.id ? job : one))
        : [job, ...list],
    })),
  remove: (jobId) => set(({ list }) => ({ list: list.filter(({ id }) => id !== jobId) })),
}));

export function isActive({ state }: Pick<Job, 'state'>): boolean {
  return state === 'running' || state === 'cancelling';
}
