/** How stored rows and columns become the standard display: first transpose, then flip. Its own inverse in reverse. */
export interface DisplayTransform {
  readonly transpose: boolean;
  /** Top to bottom, after the transpose. */
  readonly flipRows: boolean;
  /** Left to right, after the transpose. */
  readonly flipColumns: boolean;
}

export const asStored: DisplayTransform = { transpose: false, flipRows: false, flipColumns: false };

type Cosines = readonly [number, number, number, number, number, number];
type Axis = readonly [number, number, number];

const left: Axis = [1, 0, 0];
const posterior: Axis = [0, 1, 0];
const inferior: Axis = [0, 0, -1];

function dot(a: Axis, b: Axis): number {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

/** Directions of "to the right" and "downwards" on the standard display of the plane that is nearest. */
function standardAxes(row: Axis, column: Axis): readonly [Axis, Axis] {
  const normal = [
    Math.abs(row[1] * column[2] - row[2] * column[1]),
    Math.abs(row[2] * column[0] - row[0] * column[2]),
    Math.abs(row[0] * column[1] - row[1] * column[0]),
  ] as const;
  if (normal[0] >= normal[1] && normal[0] >= normal[2]) return [posterior, inferior];
  if (normal[1] >= normal[2]) return [left, inferior];
  return [left, posterior];
}

/**
 * The flips and the transpose that bring a slice to the standard display: sagittal with anterior on the left and
 * the head up; axial with the patient's right on the left and anterior up; coronal with the patient's right on
 * the left and the head up. Without it, series of different scanners may be upside down or mirrored against each
 * other, and a generator learns both. An oblique slice goes with the plane that is nearest.
 * @param orientation direction cosines of a row, then of a column (DICOM PS3.3 C.7.6.2.1.1, LPS)
 */
export function displayTransform(orientation: Cosines | undefined): DisplayTransform {
  if (orientation === undefined) return asStored;
  const row: Axis = [orientation[0], orientation[1], orientation[2]];
  const column: Axis = [orientation[3], orientation[4], orientation[5]];
  const [right, down] = standardAxes(row, column);
  const straight = Math.abs(dot(row, right)) + Math.abs(dot(column, down));
  const turned = Math.abs(dot(row, down)) + Math.abs(dot(column, right));
  const transpose = turned > straight;
  const [across, along] = transpose ? [column, row] : [row, column];
  return { transpose, flipColumns: dot(across, right) < 0, flipRows: dot(along, down) < 0 };
}

/** Index arithmetic of a transform: the stored index of display (r, c) is `start + r * rowStep + c * columnStep`. */
export interface Walk {
  /** Size of the display image. */
  readonly rows: number;
  readonly columns: number;
  readonly start: number;
  readonly rowStep: number;
  readonly columnStep: number;
}

/** How to walk a stored image of `rows` x `columns` in display order. */
export function walkOf(transform: DisplayTransform, rows: number, columns: number): Walk {
  const shownRows = transform.transpose ? columns : rows;
  const shownColumns = transform.transpose ? rows : columns;
  let rowStep = transform.transpose ? 1 : columns;
  let columnStep = transform.transpose ? columns : 1;
  let start = 0;
  if (transform.flipRows) {
    start += (shownRows - 1) * rowStep;
    rowStep = -rowStep;
  }
  if (transform.flipColumns) {
    start += (shownColumns - 1) * columnStep;
    columnStep = -columnStep;
  }
  return { rows: shownRows, columns: shownColumns, start, rowStep, columnStep };
}

/** Display image (rows and columns of `walkOf`) back to stored order; the inverse of walking it. */
export function toStoredOrder(
  display: Float32Array,
  transform: DisplayTransform,
  rows: number,
  columns: number,
): Float32Array {
  const walk = walkOf(transform, rows, columns);
  const stored = new Float32Array(display.length);
  let i = 0;
  for (let r = 0; r < walk.rows; r++) {
    let at = walk.start + r * walk.rowStep;
    for (let c = 0; c < walk.columns; c++, at += walk.columnStep) stored[at] = display[i++]!;
  }
  return stored;
}
