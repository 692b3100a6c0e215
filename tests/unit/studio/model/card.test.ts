import { expect, it } from 'vitest';
import { noCardTexts } from '../../../../src/base/cardTexts.ts';
import { createConfig } from '../../../../src/gan/index.ts';
import { modelCardText } from '../../../../src/studio/model/card.ts';

it('says where counts are not those of the training', () => {
  const config = createConfig({ preset: 'tiny', size: 32, seed: 1 });
  const model = {
    ...{ preset: 'tiny', size: 32, seed: 1, images: 64, steps: 4, seconds: 1, device: 'cpu' },
    ...{ checkpointSha256: 'ab'.repeat(32), datasetHash: 'cd'.repeat(32) },
    config: JSON.parse(JSON.stringify(config)),
  };
  const data = { modalities: ['MR'], planes: [], trainSlices: 48, trainSubjects: 6 };
  const card = (isChanged: boolean) => modelCardText({ model, data }, [], noCardTexts, isChanged);
  const sentence = 'The dataset has changed since the training; the counts are of its present state.';
  expect(card(true)).toContain(`plane not known\n\n${sentence}\n\nNo training slice`);
  expect(card(false)).not.toContain('has changed');
  expect(card(false)).toContain('plane not known\n\nNo training slice');
});
