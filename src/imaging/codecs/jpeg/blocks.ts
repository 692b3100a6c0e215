import { GantryError } from '../../../base/errors.ts';
import { BitReader } from './bits.ts';
import type { HuffmanTable } from './huffman.ts';
import { zigzag } from './idct.ts';
import type { Component, Frame, Scan, Tables } from './segments.ts';

/** The quantised coefficients of one component: blocks of 64 in raster order, natural order inside. */
export interface Plane {
  readonly component: Component;
  /** Blocks that the component itself has, and those that whole MCUs have. */
  readonly blocksWide: number;
  readonly blocksHigh: number;
  readonly strideBlocks: number;
  readonly coefficients: Int16Array;
  /** Of the scan that decoded the component. */
  quantisation: Uint16Array | undefined;
}

export function planesOf(frame: Frame): Plane[] {
  const hMax = Math.max(...frame.components.map((c) => c.h));
  const vMax = Math.max(...frame.components.map((c) => c.v));
  const mcusWide = Math.ceil(frame.width / (8 * hMax));
  const mcusHigh = Math.ceil(frame.height / (8 * vMax));
  return frame.components.map((component) => ({
    component,
    blocksWide: Math.ceil(Math.ceil((frame.width * component.h) / hMax) / 8),
    blocksHigh: Math.ceil(Math.ceil((frame.height * component.v) / vMax) / 8),
    strideBlocks: mcusWide * component.h,
    coefficients: new Int16Array(mcusWide * component.h * mcusHigh * component.v * 64),
    quantisation: undefined,
  }));
}

interface Channel {
  readonly plane: Plane;
  readonly dc: HuffmanTable | undefined;
  readonly ac: HuffmanTable | undefined;
  predicted: number;
}

/** Decodes one block of a scan into the coefficients at `at`. */
type BlockDecoder = (bits: BitReader, channel: Channel, at: number) => void;

/** Decodes a scan of a sequential or progressive frame; returns where the next marker is. */
export function decodeScan(
  data: Uint8Array,
  frame: Frame,
  planes: readonly Plane[],
  scan: Scan,
  tables: Tables,
): number {
  const channels = scan.components.map((c): Channel => {
    const plane = planes[c.index]!;
    plane.quantisation ??= tables.quantisation[plane.component.tq];
    return { plane, dc: tables.dc[c.dc], ac: tables.ac[c.ac], predicted: 0 };
  });
  const progressive = frame.marker === 0xc2;
  if (progressive) checkProgressive(scan, channels);
  const state = { endOfBand: 0 };
  const decodeBlock = progressive ? progressiveDecoder(scan, state) : sequentialBlock;
  const bits = new BitReader(data, scan.start);
  let untilRestart = tables.restartInterval;
  const beforeUnit = (): void => {
    if (tables.restartInterval === 0) return;
    if (untilRestart === 0) {
      bits.restart();
      untilRestart = tables.restartInterval;
      state.endOfBand = 0;
      for (const channel of channels) channel.predicted = 0;
    }
    untilRestart--;
  };
  if (channels.length === 1) decodeAlone(channels[0]!, bits, decodeBlock, beforeUnit);
  else decodeInterleaved(frame, channels, bits, decodeBlock, beforeUnit);
  return bits.nextMarker();
}

function checkProgressive(scan: Scan, channels: readonly Channel[]): void {
  const { spectralStart: from, spectralEnd: to, low } = scan;
  if (to > 63 || from > to || low > 13 || (from === 0 && to !== 0) || (from > 0 && channels.length > 1)) {
    throw new GantryError('CORRUPT', 'The JPEG data has an impossible progressive scan.');
  }
}

/** A scan of one component has its own blocks only, in raster order (T.81 A.2.2). */
function decodeAlone(channel: Channel, bits: BitReader, decode: BlockDecoder, beforeUnit: () => void): void {
  const { blocksWide, blocksHigh, strideBlocks } = channel.plane;
  for (let y = 0; y < blocksHigh; y++) {
    for (let x = 0; x < blocksWide; x++) {
      beforeUnit();
      decode(bits, channel, (y * strideBlocks + x) * 64);
    }
  }
}

/** MCUs hold h × v blocks of each component (T.81 A.2.3). */
function decodeInterleaved(
  frame: Frame,
  channels: readonly Channel[],
  bits: BitReader,
  decode: BlockDecoder,
  beforeUnit: () => void,
): void {
  const hMax = Math.max(...frame.components.map((c) => c.h));
  const vMax = Math.max(...frame.components.map((c) => c.v));
  const mcusWide = Math.ceil(frame.width / (8 * hMax));
  const mcusHigh = Math.ceil(frame.height / (8 * vMax));
  for (let my = 0; my < mcusHigh; my++) {
    for (let mx = 0; mx < mcusWide; mx++) {
      beforeUnit();
      for (const channel of channels) {
        const { h, v } = channel.plane.component;
        for (let y = 0; y < v; y++) {
          for (let x = 0; x < h; x++) {
            decode(bits, channel, ((my * v + y) * channel.plane.strideBlocks + mx * h + x) * 64);
          }
        }
      }
    }
  }
}

function table(found: HuffmanTable | undefined): HuffmanTable {
  if (found === undefined) throw new GantryError('CORRUPT', 'The JPEG data lacks a Huffman table.');
  return found;
}

/** T.81 F.2.2. */
function sequentialBlock(bits: BitReader, channel: Channel, at: number): void {
  const { coefficients } = channel.plane;
  const ac = table(channel.ac);
  channel.predicted += bits.difference(table(channel.dc).decode(bits) & 15);
  coefficients[at] = channel.predicted;
  for (let k = 1; k < 64; k++) {
    const symbol = ac.decode(bits);
    const size = symbol & 15;
    const run = symbol >> 4;
    if (size === 0) {
      if (run !== 15) break;
      k += 15;
      continue;
    }
    k += run;
    if (k > 63) throw new GantryError('CORRUPT', 'The JPEG data has a run beyond its block.');
    coefficients[at + zigzag[k]!] = bits.difference(size);
  }
}

/** T.81 G.2: first and refining scans of DC and of a band of AC coefficients. */
function progressiveDecoder(scan: Scan, state: { endOfBand: number }): BlockDecoder {
  const { spectralStart, spectralEnd, high, low } = scan;
  if (spectralStart === 0) {
    return high === 0
      ? (bits, channel, at) => {
          channel.predicted += bits.difference(table(channel.dc).decode(bits) & 15);
          channel.plane.coefficients[at] = channel.predicted << low;
        }
      : (bits, channel, at) => {
          if (bits.read(1) === 1) channel.plane.coefficients[at]! |= 1 << low;
        };
  }
  if (high === 0)
    return (bits, channel, at) => firstBand(bits, channel, at, spectralStart, spectralEnd, low, state);
  return (bits, channel, at) => refineBand(bits, channel, at, spectralStart, spectralEnd, low, state);
}

function firstBand(
  bits: BitReader,
  channel: Channel,
  at: number,
  from: number,
  to: number,
  low: number,
  state: { endOfBand: number },
): void {
  if (state.endOfBand > 0) {
    state.endOfBand--;
    return;
  }
  const ac = table(channel.ac);
  for (let k = from; k <= to; k++) {
    const symbol = ac.decode(bits);
    const size = symbol & 15;
    const run = symbol >> 4;
    if (size === 0) {
      if (run < 15) {
        state.endOfBand = (1 << run) + bits.read(run) - 1;
        return;
      }
      k += 15;
      continue;
    }
    k += run;
    if (k > 63) throw new GantryError('CORRUPT', 'The JPEG data has a run beyond its block.');
    channel.plane.coefficients[at + zigzag[k]!] = bits.difference(size) * (1 << low);
  }
}

/** T.81 G.1.2.3: bits that correct known coefficients stand between new ones. */
function refineBand(
  bits: BitReader,
  channel: Channel,
  at: number,
  from: number,
  to: number,
  low: number,
  state: { endOfBand: number },
): void {
  const { coefficients } = channel.plane;
  const step = 1 << low;
  const refine = (index: number): void => {
    const value = coefficients[index]!;
    if (bits.read(1) === 1 && (Math.abs(value) & step) === 0)
      coefficients[index] = value + (value < 0 ? -step : step);
  };
  let k = from;
  if (state.endOfBand === 0) {
    const ac = table(channel.ac);
    while (k <= to) {
      const symbol = ac.decode(bits);
      let run = symbol >> 4;
      let fresh = 0;
      if ((symbol & 15) !== 0) fresh = bits.read(1) === 1 ? step : -step;
      else if (run < 15) {
        state.endOfBand = (1 << run) + bits.read(run);
        break;
      }
      for (; k <= to; k++) {
        const index = at + zigzag[k]!;
        if (coefficients[index] !== 0) refine(index);
        else if (run-- === 0) {
          if (fresh !== 0) coefficients[index] = fresh;
          break;
        }
      }
      k++;
    }
  }
  if (state.endOfBand > 0) {
    for (; k <= to; k++) {
      const index = at + zigzag[k]!;
      if (coefficients[index] !== 0) refine(index);
    }
    state.endOfBand--;
  }
}
