import type { Pairs } from '../pairs.ts';

export const compareTexts = {
  'compare.nav': ['Compare', '比較'],
  'compare.go': ['Go to the comparison', '比較を開く'],
  'compare.title': ['Real beside synthetic', '実画像と合成画像の比較'],
  'compare.text': [
    'Training slices and synthetic slices in one window and level. The synthetic ones are the first of the seed, the others are drawn by it; none is chosen for its looks.',
    '学習スライスと合成スライスを同じウィンドウで表示します。合成スライスはシードの先頭から、学習スライスはシードによる無作為抽出で、見た目による選別はしていません。',
  ],
  'compare.run': ['Run', '学習'],
  'compare.real': ['Training slices', '学習スライス'],
  'compare.synthetic': ['Synthetic slices', '合成スライス'],
  'compare.centre': ['Window centre', 'ウィンドウ中心'],
  'compare.width': ['Window width', 'ウィンドウ幅'],
  'compare.window.value': ['{value} % of the range', '範囲の {value} %'],
  'compare.reset': ['Full range', '全範囲'],
  'compare.seed': ['Seed', 'シード値'],
  'compare.drag': [
    'Drag on the slices: right and left for the width, up and down for the centre.',
    'スライス上でドラッグ：左右で幅、上下で中心を変更します。',
  ],
  'compare.loading': ['Drawing slices…', 'スライスを描画しています…'],
  'compare.alt.real': ['{count} training slices of {run}', '{run} の学習スライス {count} 枚'],
  'compare.alt.synthetic': ['{count} synthetic slices of {run}', '{run} の合成スライス {count} 枚'],
  'compare.none.title': ['Nothing to compare yet', '比較できるものがありません'],
  'compare.none.text': [
    'A run with a checkpoint is needed: train one first.',
    'チェックポイントのある学習が必要です。先に学習を行ってください。',
  ],

  'generate.nav': ['Generate', '生成'],
  'generate.go': ['Go to generate and export', '生成と書き出しを開く'],
  'generate.title': ['Generate and export', '生成と書き出し'],
  'generate.run': ['Run', '学習'],
  'generate.from': [
    'From the newest checkpoint, after {images} images.',
    '最新のチェックポイント（{images} 枚提示後）を使用します。',
  ],
  'generate.noCheckpoint': [
    'This run has no checkpoint yet. Wait for the first one, or stop the run, which writes one.',
    'この学習にはまだチェックポイントがありません。最初のチェックポイントを待つか、停止して保存してください。',
  ],
  'generate.count': ['Slices', 'スライス数'],
  'generate.seed': ['Seed', 'シード値'],
  'generate.seed.hint': [
    'Slice number n of a seed is the same whatever the count.',
    '同じシードの n 番目のスライスは、枚数にかかわらず同一です。',
  ],
  'generate.format': ['Format', '形式'],
  'generate.format.dicom': ['DICOM', 'DICOM 形式'],
  'generate.format.png': ['PNG, 16 bits', 'PNG（16 ビット）'],
  'generate.format.nifti': ['NIfTI stack', 'NIfTI スタック'],
  'generate.units': ['Values', '画素値'],
  'generate.units.none': ['of the generator, 0 to 4095', '生成器の値（0～4095）'],
  'generate.units.series': ['as in {series} ({unit})', '{series} の単位（{unit}）'],
  'generate.copies': ['Leave out near-copies of training slices', '学習スライスに酷似したものを除外する'],
  'generate.copies.hint': [
    'A slice that lies nearer to a training slice than slices of two people lie to each other is left out and counted.',
    '異なる被験者どうしのスライスより学習スライスに近いものは除外し、その数を報告します。',
  ],
  'generate.says': ['What the files will say about themselves', 'ファイルに記録される内容'],
  'generate.says.dicom': [
    'Each file says Synthetic Data: YES (0008,001C), Image Type DERIVED\\SECONDARY and “SYNTHETIC - NOT FOR DIAGNOSTIC USE”, names Gantry, the run, the model’s hash, the seed and the slice’s number, has new UIDs and no patient.',
    '各ファイルには Synthetic Data: YES (0008,001C)、Image Type DERIVED\\SECONDARY、「SYNTHETIC - NOT FOR DIAGNOSTIC USE」、Gantry、学習名、モデルのハッシュ、シード、スライス番号が記録され、UID は新規で患者情報はありません。',
  ],
  'generate.says.png': [
    'Each file carries the words “SYNTHETIC - NOT FOR DIAGNOSTIC USE”, Gantry, the run, the model’s hash, the seed and the slice’s number in its text fields, and no patient.',
    '各ファイルのテキスト欄に「SYNTHETIC - NOT FOR DIAGNOSTIC USE」、Gantry、学習名、モデルのハッシュ、シード、スライス番号が記録されます。患者情報はありません。',
  ],
  'generate.says.nifti': [
    'The stack carries the words “SYNTHETIC - NOT FOR DIAGNOSTIC USE”, Gantry, the run, the model’s hash and the seed in its header and extension, and no patient.',
    'スタックのヘッダーと拡張部に「SYNTHETIC - NOT FOR DIAGNOSTIC USE」、Gantry、学習名、モデルのハッシュ、シードが記録されます。患者情報はありません。',
  ],
  'generate.says.manifest': [
    'A manifest lists every file with its SHA-256.',
    'マニフェストに全ファイルの SHA-256 が記載されます。',
  ],
  'generate.start': ['Generate', '生成する'],
  'generate.where': ['Folder', '保存先'],
  'generate.where.pick': ['Choose folder…', 'フォルダーを選択…'],
  'generate.where.none': ['No folder chosen yet.', 'フォルダーが選択されていません。'],
  'generate.where.download': [
    'The slices come as one ZIP archive to download.',
    'スライスは一つの ZIP ファイルとしてダウンロードできます。',
  ],
  'generate.jobs': ['Generated in this session', 'このセッションで生成したもの'],
  'generate.reveal': ['Show folder', 'フォルダーを表示'],
  'generate.none.title': ['Nothing to generate with yet', '生成できるモデルがありません'],
  'generate.unchecked': [
    'Near-copies were not looked for: {reason}.',
    '酷似の確認は行われませんでした：{reason}。',
  ],
} as const satisfies Pairs;
