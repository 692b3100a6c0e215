/** An 8-bit grey picture, row-major. */
export interface GreyCanvas {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

export function greyCanvas(width: number, height: number, background = 0): GreyCanvas {
  return { width, height, data: new Uint8Array(width * height).fill(background) };
}

/** A filled rectangle, clipped to the canvas. */
export function fillRect(
  canvas: GreyCanvas,
  x: number,
  y: number,
  width: number,
  height: number,
  grey: number,
): void {
  const left = Math.max(0, x);
  const right = Math.min(canvas.width, x + width);
  for (let row = Math.max(0, y); row < Math.min(canvas.height, y + height); row++) {
    if (right > left) canvas.data.fill(grey, row * canvas.width + left, row * canvas.width + right);
  }
}

/** Copies a grey picture to (x, y), clipped to the canvas. */
export function drawImage(canvas: GreyCanvas, image: GreyCanvas, x: number, y: number): void {
  for (let row = 0; row < image.height; row++) {
    const target = y + row;
    if (target < 0 || target >= canvas.height) continue;
    const left = Math.max(0, -x);
    const right = Math.min(image.width, canvas.width - x);
    if (right <= left) continue;
    const line = image.data.subarray(row * image.width + left, row * image.width + right);
    canvas.data.set(line, target * canvas.width + x + left);
  }
}
