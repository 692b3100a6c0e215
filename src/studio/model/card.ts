import type { CardTexts } from '../../base/cardTexts.ts';
import { parseRunConfig } from '../../gan/index.ts';
import type { RunEventRecord } from '../../workspace/records.ts';
import { caveats, datasetChanged, uses } from '../evaluate/card.ts';
import { plainMarkdown, statedMarkdown } from '../evaluate/stated.ts';
import { marking } from '../evaluate/style.ts';
import type { ModelManifest } from './format.ts';

/**
 * What a model is and was made from, for the colleague who gets it. Kinds of events are told, not their words.
 * @param isChanged the counts are of another state of the dataset than the training's
 */
export function modelCardText(
  { model, data }: Pick<ModelManifest, 'model' | 'data'>,
  events: readonly Pick<RunEventRecord, 'kind' | 'images'>[],
  stated: CardTexts,
  isChanged = false,
): string {
  const { conditions } = parseRunConfig(model.config);
  const list = (items: readonly string[]) => items.map((item) => `- ${plainMarkdown(item)}`).join('\n');
  const or = (items: readonly string[]) => (items.length === 0 ? 'not known' : items.join(', '));
  const labels = (conditions?.labels ?? []).map((label) =>
    label.kind === 'class'
      ? `${label.name}: ${label.values.join(', ')}`
      : `${label.name}: ${label.low} to ${label.high}`,
  );
  return `# Model card

**For research only. ${marking}.**

## Model

${list([
  `preset ${model.preset}, slices of ${model.size} x ${model.size} pixels`,
  `${model.images} images seen in ${Math.round(model.seconds)} s on ${model.device}, seed ${model.seed}`,
  `SHA-256 of the checkpoint: ${model.checkpointSha256}`,
])}

Labels that it can be asked for:

${labels.length === 0 ? '- none' : list(labels)}

Events in training:

${events.length === 0 ? '- none' : list(events.map(({ kind, images }) => `${kind} at ${images} images`))}

## Training data

${list([
  `hash ${model.datasetHash}`,
  data.trainSlices === 0
    ? 'slices and subjects not known'
    : `${data.trainSlices} slices of ${data.trainSubjects} subjects`,
  `modality ${or(data.modalities)}, plane ${or(data.planes)}`,
])}
${isChanged ? `\n${datasetChanged} the counts are of its present state.\n` : ''}
No training slice is in this file. Weights may hold more of the training data than the slices show, those of the discriminator above all: hand them to people who might see the data.

${statedMarkdown(stated)}

## Uses

Allowed:

${list(uses.allowed)}

Forbidden:

${list(uses.forbidden)}

## Caveats

${list(caveats)}
`;
}
