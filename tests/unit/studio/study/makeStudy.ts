import {
  type Candidate,
  commitKey,
  type PublicStudy,
  planStudy,
  type StudyKey,
  sha256Hex,
} from '../../../../src/study/index.ts';

const size = 8;

/** A study of 12 cases after 2 training cases, half of the slices real; images of 8 x 8. */
export function makeStudy(
  name = 'Pilot',
  run = 'run-0001',
  { kind = 'yes-no', cases = 12 }: { readonly kind?: PublicStudy['kind']; readonly cases?: number } = {},
) {
  const candidates = (['real', 'synthetic'] as const).flatMap((truth) =>
    Array.from({ length: 8 }, (_, i): Candidate => ({ truth, subgroup: 'all', source: `${truth} ${i}` })),
  );
  const plan = planStudy(candidates, { kind, cases, training: 2, seed: 3 })!;
  const images = new Uint8Array(plan.images.length * size * size * 2).map((_, i) => i);
  const key: StudyKey = {
    nonce: 'ab'.repeat(16),
    cases: plan.cases.map((one) => one.key),
    training: plan.training.map((one) => one.key),
    label: null,
    margin: 0.1,
    run,
    dataset: 'heads',
    imagesSeen: 640,
    notes: [],
  };
  const study: PublicStudy = {
    format: 'gantry-study',
    version: 1,
    name,
    kind,
    createdAt: '2026-01-02T03:04:05.000Z',
    size,
    images: plan.images.length,
    imagesSha256: sha256Hex(images),
    training: plan.training.map(({ id, images: own, key: { answer } }) => ({ id, images: [...own], answer })),
    cases: plan.cases.map(({ id, images: own }) => ({ id, images: [...own] })),
    orderSeed: 77,
    keyCommitment: commitKey(key),
  };
  return { study, key, images };
}
