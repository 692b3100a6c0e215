import type { Pairs } from '../pairs.ts';

export const noticeTexts = {
  'notice.possible-burned-in-annotation': [
    'Slices of this kind often have text burnt into the pixels, which may name a person. Look at them before training.',
    'この種のスライスには文字が焼き込まれていることが多く、氏名が含まれる可能性があります。学習の前に確認してください。',
  ],
  'notice.text-kept': [
    'Free text of the files was kept on request; it may name a person.',
    '指定により自由記述の文字が保存されています。氏名が含まれる可能性があります。',
  ],
  'notice.synthetic-data': [
    'Some slices say that they are synthetic. A model trained on synthetic slices drifts away from real anatomy.',
    '合成画像であると記録されたスライスがあります。合成画像で学習したモデルは実際の解剖から離れていきます。',
  ],
  'notice.skipped-gantry-output': [
    'Folders that Gantry made were passed over: synthetic slices are no scans.',
    'Gantry が作成したフォルダーは読み飛ばしました。合成スライスは撮像データではありません。',
  ],
  'notice.skipped-dicomdir': [
    'An index of images (DICOMDIR) was passed over; the images themselves were read.',
    '画像の索引（DICOMDIR）は読み飛ばし、画像そのものを読み込みました。',
  ],
  'notice.labels-unmatched': [
    'The table of labels and the files do not match fully: some rows belong to no slice, or some slices have no row.',
    'ラベル表とファイルが完全には対応していません。対応するスライスのない行、または行のないスライスがあります。',
  ],
  'notice.labels-left-out': [
    'Columns of the table of labels that may name a person were left out.',
    'ラベル表のうち、個人を特定しうる列は取り込まれませんでした。',
  ],
  'notice.plane-not-resliced': [
    'Some slices are not of the plane that was asked for: pictures, oblique slices, or slices of an earlier import.',
    '指定と異なる断面のスライスがあります（画像ファイル、斜めのスライス、または以前に取り込んだスライス）。',
  ],
  'notice.volume-flat': [
    'Some DICOM slices stay as they were acquired: they have no position in space, or are too few to be cut across.',
    '一部の DICOM スライスは撮像時の断面のままです。空間位置の情報がないか、枚数が少なすぎて切り直せません。',
  ],
  'notice.volume-gaps': [
    'Some DICOM series stay as they were acquired: slices are missing or not evenly spaced.',
    '一部の DICOM シリーズは撮像時の断面のままです。スライスが欠けているか、間隔が一定ではありません。',
  ],
  'notice.volume-repeats': [
    'Some DICOM series stay as they were acquired: they have several slices at one place (cine, dynamic or diffusion series).',
    '一部の DICOM シリーズは撮像時の断面のままです。同じ位置に複数のスライスがあります（シネ、ダイナミック、拡散など）。',
  ],
  'notice.volume-tilted': [
    'Some DICOM series stay as they were acquired: their slices differ in direction or matrix, or lean against each other.',
    '一部の DICOM シリーズは撮像時の断面のままです。スライスの向きやマトリックスが異なるか、積み重ねが傾いています。',
  ],
  'notice.volume-large': [
    'Some DICOM series stay as they were acquired: they are too large to be cut in memory.',
    '一部の DICOM シリーズは撮像時の断面のままです。大きすぎてメモリー上で切り直せません。',
  ],
} as const satisfies Pairs;
