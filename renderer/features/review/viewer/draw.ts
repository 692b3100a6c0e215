import { type ColormapName, colormap } from '../../../../src/display/colormap.ts';
import { paint, windowLut } from '../../../../src/display/lut.ts';
import { type View, viewTransform } from '../../../../src/display/viewport.ts';
import type { GreyWindow } from '../../../../src/display/window.ts';
import type { ViewImage } from './image.ts';

export interface Look {
  readonly window: GreyWindow;
  readonly invert: boolean;
  readonly colours: ColormapName;
}

/** One image's pixels on a canvas of its own size, painted again only when the image or its look changes. */
export class Painted {
  readonly canvas = document.createElement('canvas');
  private readonly lut = new Uint32Array(65536);
  private data: ImageData | undefined;
  private key = '';
  private image: ViewImage | undefined;

  paint(image: ViewImage, { window, invert, colours }: Look): HTMLCanvasElement {
    const key = `${window.low} ${window.high} ${invert} ${colours}`;
    if (image === this.image && key === this.key) return this.canvas;
    this.image = image;
    this.key = key;
    const { rows, columns } = image;
    if (this.data === undefined || this.canvas.width !== columns || this.canvas.height !== rows) {
      this.canvas.width = columns;
      this.canvas.height = rows;
      this.data = new ImageData(columns, rows);
    }
    const scale = { ...image, inverted: image.inverted !== invert };
    windowLut(scale, window, colormap(colours), this.lut);
    paint(image.values, this.lut, new Uint32Array(this.data.data.buffer));
    this.canvas.getContext('2d')?.putImageData(this.data, 0, 0);
    return this.canvas;
  }
}

/** Draws a painted image through the view; `part` limits it to a share of the width. */
export function drawView(
  target: HTMLCanvasElement,
  source: HTMLCanvasElement,
  image: ViewImage,
  view: View,
  smooth: boolean,
  part: readonly [from: number, to: number] = [0, 1],
): void {
  const context = target.getContext('2d', { alpha: false });
  if (context === null) return;
  const { width, height } = target;
  context.save();
  context.setTransform(1, 0, 0, 1, 0, 0);
  context.beginPath();
  context.rect(part[0] * width, 0, (part[1] - part[0]) * width, height);
  context.clip();
  context.fillStyle = '#000';
  context.fillRect(0, 0, width, height);
  context.setTransform(...viewTransform(image, view, width, height));
  context.imageSmoothingEnabled = smooth;
  context.imageSmoothingQuality = 'high';
  context.drawImage(source, 0, 0);
  context.restore();
}
