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
    'DICOM slices and pictures keep the plane that they were acquired in; only volumes are cut into the plane that was asked for.',
    'DICOM スライスと画像は撮像時の断面のままです。指定の断面に切り直せるのはボリュームのみです。',
  ],
} as const satisfies Pairs;
