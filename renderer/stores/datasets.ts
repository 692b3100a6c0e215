import { create } from 'zustand';
import type { DatasetDetail, DatasetSummary } from '../../src/contract/index.ts';
import { client } from '../lib/client.ts';
import { loading, type Resource, settle } from './resource.ts';

interface DatasetsStore {
  readonly list: Resource<DatasetSummary[]>;
  readonly details: Readonly<Record<string, Resource<DatasetDetail>>>;
  /** Asks again; what is shown stays until the answer is there. */
  load(): Promise<void>;
  loadDetail(datasetId: string): Promise<void>;
}

export const useDatasets = create<DatasetsStore>((set) => ({
  list: loading,
  details: {},
  async load() {
    const list = await settle(client.datasets.list());
    set({ list });
  },
  async loadDetail(datasetId) {
    const detail = await settle(client.datasets.get({ datasetId }));
    set((state) => ({ details: { ...state.details, [datasetId]: detail } }));
  },
}));
