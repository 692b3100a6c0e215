import type { Picture } from './picture.ts';

/** By orientation 2 .. 8: whether x runs backwards, y runs backwards, and rows and columns are exchanged. */
const turns: Readonly<Record<number, readonly [boolean, boolean, boolean]>> = {
  2: [true, false, false],
  3: [true, true, false],
  4: [false, true, false],
  5: [false, false, true],
  6: [false, true, true],
  7: [true, true, true],
  8: [true, false, true],
};

/** Puts the first row on top and the first column left, as the tag Orientation (TIFF 6.0 and EXIF, 274) says. */
export function turned(picture: Picture, orientation: number): Picture {
  const turn = turns[orientation];
  if (turn === undefined) return picture;
  const [backX, backY, exchanged] = turn;
  const { samples, pixels } = picture;
  const rows = exchanged ? picture.columns : picture.rows;
  const columns = exchanged ? picture.rows : picture.columns;
  const out = pixels.slice();
  let to = 0;
  for (let y = 0; y < rows; y++) {
    for (let x = 0; x < columns; x++) {
      const storedX = exchanged ? y : x;
      const storedY = exchanged ? x : y;
      const fromX = backX ? picture.columns - 1 - storedX : storedX;
      const fromY = backY ? picture.rows - 1 - storedY : storedY;
      const at = (fromY * picture.columns + fromX) * samples;
      for (let s = 0; s < samples; s++) out[to++] = pixels[at + s]!;
    }
  }
  return { ...picture, rows, columns, pixels: out };
}
