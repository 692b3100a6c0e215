import type { Pairs } from '../pairs.ts';

export const importTexts = {
  'import.open': ['Import scans…', '画像を取り込む…'],
  'import.title': ['Import scans', '画像の取り込み'],
  'import.what': [
    'Folders of DICOM or NIfTI files, or single files. Names, IDs, dates and file names are dropped; nothing leaves this machine.',
    'DICOM または NIfTI のフォルダーやファイルを選んでください。氏名、ID、日付、ファイル名は保存されません。データがこのコンピューターの外に出ることはありません。',
  ],
  'import.pick.folder': ['Choose folder…', 'フォルダーを選択…'],
  'import.pick.files': ['Choose files…', 'ファイルを選択…'],
  'import.drop': [
    'Drop a folder or files anywhere in this window.',
    'フォルダーやファイルはこのウィンドウのどこにでもドロップできます。',
  ],
  'import.dropHere': ['Drop to import', 'ここにドロップして取り込む'],
  'import.from': ['Where from', '取り込み元'],
  'import.from.send': ['From this computer', 'このコンピューター'],
  'import.from.place': ['From the workstation', 'ワークステーション'],
  'import.places': ['Allowed folders', '許可されたフォルダー'],
  'import.places.none': [
    'Folders of the workstation can be offered here: start the app with gantry serve --allow FOLDER.',
    'ワークステーションのフォルダーをここに表示するには、gantry serve --allow FOLDER で起動してください。',
  ],
  'import.places.up': ['Up one folder', '上のフォルダーへ'],
  'import.places.files': ['{count} files here', 'このフォルダーのファイル：{count} 件'],
  'import.places.empty': ['No folders below this one.', 'この下にフォルダーはありません。'],
  'import.places.cut': [
    'Only the first {count} folders are listed.',
    '先頭の {count} フォルダーのみ表示しています。',
  ],
  'import.chosen': ['Chosen: {name}', '選択中：{name}'],
  'import.chosen.more': ['Chosen: {name} and {more} more', '選択中：{name} ほか {more} 件'],
  'import.chosen.files': ['{count} files, {size}', '{count} 件、{size}'],
  'import.chosen.none': ['Nothing chosen yet.', 'まだ選択されていません。'],
  'import.dataset': ['Dataset', 'データセット名'],
  'import.dataset.hint': [
    'Letters, digits, dots, dashes and underscores. An existing name adds to that dataset.',
    '文字、数字、ピリオド、ハイフン、下線。既存の名前を指定すると、そのデータセットに追加されます。',
  ],
  'import.subject': ['A subject is', '被験者の単位'],
  'import.subject.identity': ['a patient, as the files say', 'ファイルが示す患者'],
  'import.subject.folder': ['a folder', 'フォルダー'],
  'import.plane': ['Cut volumes into', 'ボリュームの断面'],
  'import.plane.asAcquired': ['slices as acquired', '撮像時の断面'],
  'import.heldOut': ['Held-out subjects (%)', '検証用に残す被験者（%）'],
  'import.heldOut.hint': [
    'Held-out subjects are never trained on: only on them can quality and copying be judged.',
    '残した被験者は学習に使われません。品質や複製の有無はこの被験者でのみ判断できます。',
  ],
  'import.start': ['Import', '取り込む'],
  'import.sending': ['Sending {done} of {total} files…', '{total} 件中 {done} 件を送信中…'],
  'import.reading': ['Looking through what was dropped…', 'ドロップされた内容を調べています…'],
  'import.sendFailed': [
    'The files could not be sent ({status}).',
    'ファイルを送信できませんでした（{status}）。',
  ],
} as const satisfies Pairs;
