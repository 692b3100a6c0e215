import { cutsAcross, type Irregular, type ReadOptions, stackOf } from '../../imaging/index.ts';
import type { FileSite, SurveyedSlice, VolumeMember } from './types.ts';

/** A DICOM volume that is to be cut: its first file, and all of them. */
export interface FoundVolume extends FileSite {
  readonly members: readonly VolumeMember[];
  readonly voxels: number;
}

export interface Surveyed {
  readonly file: FileSite;
  readonly sourceKey: Uint8Array;
  readonly slices: readonly SurveyedSlice[];
}

export interface Grouped {
  readonly volumes: readonly FoundVolume[];
  /** Files of volumes; all others are imported as they are. */
  readonly taken: ReadonlySet<FileSite>;
  /** Copies of files of volumes, byte for byte, which add nothing. */
  readonly copies: readonly Surveyed[];
  readonly irregular: ReadonlySet<Irregular>;
}

type Plane = ReadOptions['plane'];

/** Whether a plane is one of the body's, for which volumes are cut; otherwise slices stay as they were acquired. */
export function isAnatomical(plane: Plane): boolean {
  return plane === 'axial' || plane === 'coronal' || plane === 'sagittal';
}

/**
 * Finds the volumes that a plane would cut across their slices. A file with several slices is a volume of its own;
 * files with one each belong together by series, and where a series has several slices at a place (a dynamic
 * series), by acquisition too. What is no regular volume stays as it was acquired, with the reason.
 */
export function groupVolumes(surveyed: readonly Surveyed[], plane: Plane): Grouped {
  const volumes: FoundVolume[] = [];
  const taken = new Set<FileSite>();
  const irregular = new Set<Irregular>();
  const take = (group: readonly Surveyed[]) => {
    const stack = stackOf(group.flatMap(({ slices }) => slices));
    if (typeof stack === 'string') return stack;
    const [first] = group;
    if (first === undefined || !cutsAcross(stack, plane)) return undefined;
    const [columns, rows, slices] = stack.grid.dim;
    const members = group.map(({ file, sourceKey, slices: own }) => ({ ...file, sourceKey, slices: own }));
    volumes.push({ ...first.file, members, voxels: columns * rows * slices });
    for (const { file } of group) taken.add(file);
    return undefined;
  };
  const note = (reason: Irregular | undefined) => {
    if (reason !== undefined) irregular.add(reason);
  };
  const copiesOf = new Map<FileSite, readonly Surveyed[]>();
  const withSlices: Surveyed[] = [];
  // The same file in the folders of two subjects is of both.
  const content = ({ sourceKey, slices }: Surveyed) =>
    `${Buffer.from(sourceKey).toString('hex')} ${slices[0]?.seriesKey}`;
  const found = surveyed.filter(({ slices }) => slices.length > 0);
  for (const [first, ...copies] of Map.groupBy(found, content).values()) {
    if (first === undefined) continue;
    withSlices.push(first);
    copiesOf.set(first.file, copies);
  }
  for (const file of withSlices.filter(({ slices }) => slices.length > 1)) note(take([file]));
  const single = withSlices.filter(({ slices }) => slices.length === 1);
  for (const series of Map.groupBy(single, ({ slices }) => slices[0]?.seriesKey).values()) {
    const reason = take(series);
    if (reason !== 'repeats') note(reason);
    else {
      const acquisitions = Map.groupBy(series, ({ slices }) => slices[0]?.acquisition);
      for (const group of acquisitions.values()) note(take(group));
    }
  }
  const copies = [...taken].flatMap((file) => copiesOf.get(file) ?? []);
  return { volumes, taken, copies, irregular };
}
