/** What the dataset of a run that came in as a model file is called; no dataset can be called so. */
export const importedDataset = '(imported)';
