import type { Pairs } from '../pairs.ts';

export const mergeTexts = {
  'merge.open': ['Merge…', '統合…'],
  'merge.title': ['Merge datasets', 'データセットの統合'],
  'merge.text': [
    'Makes a new dataset; those that are chosen stay as they are. What the first one says of a slice or a person that they share stands.',
    '新しいデータセットを作成します。選んだデータセットはそのまま残ります。共通するスライスや被験者については、最初に選んだものの内容が優先されます。',
  ],
  'merge.choose': ['Datasets to merge', '統合するデータセット'],
  'merge.choice': ['{name}: {slices} slices', '{name}：{slices} スライス'],
  'merge.order': ['{place}. {name}: {slices} slices', '{place}. {name}：{slices} スライス'],
  'merge.name': ['Name of the new dataset', '新しいデータセットの名前'],
  'merge.start': ['Merge', '統合する'],
  'merge.fewer': ['Choose two or more.', '2 つ以上選んでください。'],
  'merge.looking': ['Comparing…', '比較中…'],
  'merge.slices': ['Slices in the new dataset', '新しいデータセットのスライス'],
  'merge.subjects': ['Subjects', '被験者'],
  'merge.joined': ['The same slices, kept once', '同一のスライス（1 つに統合）'],
  'merge.shared': ['People in several', '重複する被験者'],
  'merge.conflicts': ['Different pixels, left out', '画素が異なるため除外'],
  'merge.labels': [
    'Labels that differ: {list}. The first dataset’s values stay.',
    '値の異なるラベル：{list}。最初のデータセットの値が残ります。',
  ],
  'merge.label': ['{name} ({slices} slices)', '{name}（{slices} スライス）'],
  'notice.merge-modalities': [
    'They are of different modalities. A run learns a mixture of them unless it is told the label modality.',
    'モダリティが異なります。ラベル modality を条件にしない限り、混ざったまま学習されます。',
  ],
  'notice.merge-planes': [
    'They are cut in different planes. A run learns a mixture of them unless it is told the label plane.',
    '断面の向きが異なります。ラベル plane を条件にしない限り、混ざったまま学習されます。',
  ],
  'notice.merge-subject-rules': [
    'They tell subjects apart in different ways: one person may become two subjects, on both sides of the split. Check the new dataset for leaks.',
    '被験者の識別方法が異なります。同じ人物が別の被験者となり、分割の両側に入る可能性があります。統合後に重複（漏れ）を点検してください。',
  ],
  'notice.merge-same-names': [
    'Subjects are known by folders, files or a pattern, and some have the same name in several: they are taken for the same people.',
    '被験者はフォルダーやファイル名で識別されており、同じ名前のものがあります。これらは同一人物として扱われます。',
  ],
  'notice.merge-moved-subjects': [
    'Some people are held out in one and trained on in another. They go to the training side.',
    '一方では評価用、他方では学習用の被験者がいます。これらは学習用になります。',
  ],
  'notice.merge-conflicts': [
    'Some slices have one identifier and different pixels. The first dataset’s are kept.',
    '識別子が同じで画素の異なるスライスがあります。最初のデータセットのものを残します。',
  ],
  'notice.merge-label-conflicts': [
    'Some slices have different values of a label.',
    'ラベルの値が異なるスライスがあります。',
  ],
  'jobs.kind.merge': ['Merge into {subject}', '{subject} への統合'],
  'jobs.merge.done': [
    '{slices} slices, {joined} of them kept once.',
    '{slices} スライス、うち {joined} 件を 1 つに統合。',
  ],
  'jobs.kind.model-import': ['Import of a model file', 'モデルファイルの取り込み'],
} as const satisfies Pairs;
