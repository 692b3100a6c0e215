export { type ColormapName, colormap, colormapNames, greyToRgba } from './colormap.ts';
export { enlarge } from './enlarge.ts';
export { type Montage, type MontageOptions, montage } from './montage.ts';
export { centerWidthFromWindow, type GreyWindow, windowFromCenterWidth, windowToGrey } from './window.ts';
