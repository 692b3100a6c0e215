/** What the stable codes of an import's notices mean for a person. */
const texts: Readonly<Record<string, string>> = {
  'head-mr-face':
    'A head MR can show a face. Treat the workspace and what is made from it as you treat the scans.',
  'burned-in-annotation':
    'Some slices may have text burnt into the pixels, which may name a person. Look at them before training.',
  'possible-burned-in-annotation':
    'Slices of this kind often have text burnt into the pixels, which may name a person. Look at them before training.',
  'text-kept':
    'Text of the files is kept, as was chosen. It may name a person: treat the workspace as you treat the scans.',
  'synthetic-data':
    'Some slices say that they are synthetic (0008,001C). A model trained on synthetic slices drifts away from real anatomy.',
  'skipped-gantry-output':
    'Folders that Gantry made (workspaces and exports) were passed over: synthetic slices are no scans.',
  'skipped-dicomdir':
    'A DICOMDIR was passed over: it is an index, and the images that it names are read themselves. Give its path to import only what it names.',
  'labels-unmatched':
    'The table of labels and the files do not match fully: some rows belong to no slice, or some slices have no row.',
  'labels-left-out':
    'Columns of the table that may name a person were left out. Name the columns to take by --label-columns.',
  'plane-not-resliced':
    'Some slices are not of the plane that was asked for: pictures, oblique slices of that direction, or slices of an earlier import.',
  'volume-flat':
    'Some DICOM slices stay as they were acquired: they have no position in space, or are too few to be cut across.',
  'volume-gaps':
    'Some DICOM series stay as they were acquired: slices are missing or not evenly spaced, so that a cut across them would show steps.',
  'volume-repeats':
    'Some DICOM series stay as they were acquired: they have several slices at one place (cine, dynamic or diffusion series).',
  'volume-tilted':
    'Some DICOM series stay as they were acquired: their slices differ in direction or matrix (scouts), or lean against each other (a tilted gantry).',
  'volume-large': 'Some DICOM series stay as they were acquired: they are too large to be cut in memory.',
  'no-held-out-subjects':
    'There are fewer than five subjects, so none is held out: quality and copying cannot be judged on unseen people.',
  'merge-modalities':
    'The datasets are of different modalities. A run learns a mixture of them unless it is told the label modality.',
  'merge-planes':
    'The datasets are cut in different planes. A run learns a mixture of them unless it is told the label plane.',
  'merge-subject-rules':
    'The datasets tell subjects apart in different ways, so that one person may be two subjects, on both sides of the split. Look at `gantry check` (leaks).',
  'merge-same-names':
    'Subjects are known by folders, files or a pattern, and some have the same name in several datasets: they are taken for the same people.',
  'merge-moved-subjects':
    'Some people were held out in one dataset and trained on in another. They are on the training side now.',
  'merge-conflicts':
    "Some slices have one identifier and different pixels in two datasets. The first dataset's are kept.",
  'merge-label-conflicts':
    "Some slices have different values of a label in two datasets. The first dataset's are kept.",
};

export function noticeText(code: string): string {
  return texts[code] ?? code;
}
