import { randomBytes } from 'node:crypto';
import { closeSync, openSync, readSync } from 'node:fs';
import { GantryError } from '../../base/errors.ts';
import {
  checkStudy,
  commitKey,
  type PublicStudy,
  planStudy,
  type StudyKey,
  sha256Hex,
  studyHash,
} from '../../study/index.ts';
import { type Workspace, writeFileAtomic } from '../../workspace/index.ts';
import { StudyStore } from '../../workspace/studies.ts';
import { findCandidates } from './candidates.ts';

export interface StudyRequest {
  readonly name: string;
  readonly run: string;
  readonly kind: PublicStudy['kind'];
  /** Cases that count; for yes-no an even number. */
  readonly cases: number;
  readonly training: number;
  /** Label that cases are balanced over; null for none. */
  readonly label: string | null;
  /** Accuracies within this of one half count as guessing; fixed before the first answer. */
  readonly margin: number;
  readonly seed: number;
}

export interface CreateOptions {
  readonly signal?: AbortSignal | undefined;
  onProgress?(done: number, total: number): void;
}

function checkRequest({ name, kind, cases, training, margin }: StudyRequest): void {
  const bad = (message: string) => new GantryError('BAD_CONFIG', message);
  if (name.trim() === '' || name.length > 80) throw bad('A study needs a name of at most 80 letters.');
  if (!Number.isInteger(cases) || cases < 4 || cases > 5000) throw bad('A study has 4 to 5,000 cases.');
  if (kind === 'yes-no' && (cases % 2 === 1 || training % 2 === 1)) {
    throw bad('Half of the cases are real, so their number is even; that of training cases too.');
  }
  if (!Number.isInteger(training) || training < 0 || training > 100)
    throw bad('Training has 0 to 100 cases.');
  if (!(margin >= 0.01 && margin <= 0.3)) throw bad('The margin of equivalence is 0.01 to 0.3.');
}

export interface BuiltStudy {
  readonly study: PublicStudy;
  readonly key: StudyKey;
  readonly images: Uint8Array;
}

/**
 * Draws the cases of a study from a run and its dataset, the truth apart from what readers get.
 * @throws BAD_CONFIG, DATASET_TOO_SMALL, and what generating throws
 */
export async function buildStudy(
  ws: Workspace,
  request: StudyRequest,
  options: CreateOptions = {},
): Promise<BuiltStudy> {
  checkRequest(request);
  const { kind, cases, training, seed } = request;
  const each = Math.ceil((cases + training) / (kind === 'yes-no' ? 2 : 1));
  const found = await findCandidates(ws, { ...request, ...options, each });
  const plan = planStudy(found.candidates, { kind, cases, training, seed });
  if (plan === null) {
    throw new GantryError(
      'DATASET_TOO_SMALL',
      `The study needs ${each} real slices; the dataset has fewer.`,
      {
        action: 'Ask for fewer cases, or import more subjects.',
      },
    );
  }
  const bytes = found.size ** 2 * 2;
  const images = new Uint8Array(plan.images.length * bytes);
  plan.images.forEach((candidate, place) => {
    images.set(found.pixels(candidate), place * bytes);
  });
  const key: StudyKey = {
    nonce: randomBytes(16).toString('hex'),
    cases: plan.cases.map((one) => one.key),
    training: plan.training.map((one) => one.key),
    label: request.label,
    margin: request.margin,
    run: request.run,
    dataset: found.dataset,
    imagesSeen: found.imagesSeen,
    notes: [...found.notes],
  };
  const study = checkStudy({
    format: 'gantry-study',
    version: 1,
    name: request.name.trim(),
    kind,
    createdAt: new Date().toISOString(),
    size: found.size,
    images: plan.images.length,
    imagesSha256: sha256Hex(images),
    training: plan.training.map(({ id, images: own, key: { answer } }) => ({ id, images: own, answer })),
    cases: plan.cases.map(({ id, images: own }) => ({ id, images: own })),
    // Another seed than that of the draw: a reader must not be able to draw the study again.
    orderSeed: randomBytes(4).readUInt32LE(),
    keyCommitment: commitKey(key),
  } satisfies PublicStudy);
  return { study, key, images };
}

/** Builds a study and keeps it in the workspace. @returns its number */
export async function createStudy(
  ws: Workspace,
  request: StudyRequest,
  options: CreateOptions = {},
): Promise<number> {
  const { study, key, images } = await buildStudy(ws, request, options);
  return keepStudy(ws, study, key, images);
}

/** Stores a study with its images. @throws ALREADY_EXISTS */
export function keepStudy(
  ws: Workspace,
  study: PublicStudy,
  key: StudyKey | null,
  images: Uint8Array,
): number {
  using store = new StudyStore(ws);
  const hash = studyHash(study);
  if (store.find(hash) !== undefined) {
    throw new GantryError('ALREADY_EXISTS', 'This study is in the workspace already.');
  }
  const hold = ws.acquireWriter();
  try {
    writeFileAtomic(store.imagesFile(hash), images);
    return store.add({ hash, public: study, key });
  } finally {
    hold.release();
  }
}

/** Raw values of one image of a study, at the same cost for each. */
export function readStudyImage(store: StudyStore, hash: string, size: number, place: number): Uint8Array {
  const bytes = new Uint8Array(size * size * 2);
  const fd = openSync(store.imagesFile(hash), 'r');
  try {
    let done = 0;
    while (done < bytes.byteLength) {
      const got = readSync(fd, bytes, done, bytes.byteLength - done, place * bytes.byteLength + done);
      if (got === 0) throw new GantryError('CORRUPT', 'The images of the study are cut off.');
      done += got;
    }
    return bytes;
  } finally {
    closeSync(fd);
  }
}
