/** What the stable codes of an import's notices mean for a person. */
const texts: Readonly<Record<string, string>> = {
  'head-mr-face':
    'A head MR can show a face. Treat the workspace and what is made from it as you treat the scans.',
  'burned-in-annotation':
    'Some slices may have text burnt into the pixels, which may name a person. Look at them before training.',
  'possible-burned-in-annotation':
    'Slices of this kind often have text burnt into the pixels, which may name a person. Look at them before training.',
  'synthetic-data':
    'Some slices say that they are synthetic (0008,001C). A model trained on synthetic slices drifts away from real anatomy.',
  'skipped-gantry-output':
    'Folders that Gantry made (workspaces and exports) were passed over: synthetic slices are no scans.',
  'no-held-out-subjects':
    'There are fewer than five subjects, so none is held out: quality and copying cannot be judged on unseen people.',
};

export function noticeText(code: string): string {
  return texts[code] ?? code;
}
