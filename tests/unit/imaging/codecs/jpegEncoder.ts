/**
 * A sequential JPEG encoder for tests, straight from the definitions of T.81: a forward DCT as a sum of cosines,
 * quantisation by ones, and Huffman tables in which every symbol has eight or nine bits.
 */
const zigzag = Array.from({ length: 64 }, (_, i) => i).sort((a, b) => {
  const [ra, ca, rb, cb] = [a >> 3, a & 7, b >> 3, b & 7];
  if (ra + ca !== rb + cb) return ra + ca - (rb + cb);
  return (ra + ca) % 2 === 0 ? rb - ra : ra - rb;
});

function forwardDct(block: readonly number[]): number[] {
  return Array.from({ length: 64 }, (_, i) => {
    const [v, u] = [i >> 3, i & 7];
    let sum = 0;
    for (let y = 0; y < 8; y++) {
      for (let x = 0; x < 8; x++) {
        sum +=
          block[y * 8 + x]! *
          Math.cos(((2 * x + 1) * u * Math.PI) / 16) *
          Math.cos(((2 * y + 1) * v * Math.PI) / 16);
      }
    }
    return Math.round((sum / 4) * (u === 0 ? Math.SQRT1_2 : 1) * (v === 0 ? Math.SQRT1_2 : 1));
  });
}

class Bits {
  readonly out: number[] = [];
  private pending = '';

  put(value: number, length: number): void {
    if (length > 0) this.pending += value.toString(2).padStart(length, '0');
    while (this.pending.length >= 8) this.byte();
  }

  private byte(): void {
    const byte = Number.parseInt(this.pending.slice(0, 8), 2);
    this.pending = this.pending.slice(8);
    this.out.push(byte);
    if (byte === 255) this.out.push(0);
  }

  /** Pads with ones up to a byte. */
  align(): void {
    if (this.pending !== '') this.put(2 ** (8 - this.pending.length) - 1, 8 - this.pending.length);
  }

  /** Symbols 0..254 have code = symbol in eight bits, 255 has 111111110. */
  symbol(symbol: number): void {
    if (symbol < 255) this.put(symbol, 8);
    else this.put(510, 9);
  }

  difference(value: number): void {
    const size = value === 0 ? 0 : Math.floor(Math.log2(Math.abs(value))) + 1;
    this.put(value < 0 ? value + 2 ** size - 1 : value, size);
  }
}

const sizeOf = (value: number): number => (value === 0 ? 0 : Math.floor(Math.log2(Math.abs(value))) + 1);

export interface JpegSpec {
  readonly width: number;
  readonly height: number;
  readonly precision: 8 | 12;
  /** One plane a component, all of full size. */
  readonly planes: readonly (readonly number[])[];
  readonly restartInterval?: number;
}

export function encodeJpeg({ width, height, precision, planes, restartInterval = 0 }: JpegSpec): Uint8Array {
  const marker = (code: number, body: readonly number[]): number[] => [
    0xff,
    code,
    (body.length + 2) >> 8,
    (body.length + 2) & 255,
    ...body,
  ];
  const word = (n: number): number[] => [n >> 8, n & 255];
  const counts = [0, 0, 0, 0, 0, 0, 0, 255, 1, 0, 0, 0, 0, 0, 0, 0];
  // DC symbols are categories 0..15.
  const dcCounts = counts.map((n) => (n === 255 ? 16 : 0));
  const symbols = Array.from({ length: 256 }, (_, i) => i);
  const ids = planes.map((_, i) => i + 1);
  const header = [
    0xff,
    0xd8,
    ...marker(0xdb, [0, ...Array<number>(64).fill(1)]),
    ...marker(precision === 8 ? 0xc0 : 0xc1, [
      precision,
      ...word(height),
      ...word(width),
      planes.length,
      ...ids.flatMap((id) => [id, 0x11, 0]),
    ]),
    ...marker(0xc4, [0x00, ...dcCounts, ...symbols.slice(0, 16), 0x10, ...counts, ...symbols]),
    ...(restartInterval > 0 ? marker(0xdd, word(restartInterval)) : []),
    ...marker(0xda, [planes.length, ...ids.flatMap((id) => [id, 0]), 0, 63, 0]),
  ];
  const bits = new Bits();
  let predicted = planes.map(() => 0);
  let mcu = 0;
  for (let y = 0; y < height; y += 8) {
    for (let x = 0; x < width; x += 8, mcu++) {
      if (restartInterval > 0 && mcu > 0 && mcu % restartInterval === 0) {
        bits.align();
        bits.out.push(0xff, 0xd0 + ((mcu / restartInterval - 1) % 8));
        predicted = planes.map(() => 0);
      }
      planes.forEach((plane, c) => {
        const block = Array.from({ length: 64 }, (_, i) => {
          const [py, px] = [Math.min(height - 1, y + (i >> 3)), Math.min(width - 1, x + (i & 7))];
          return plane[py * width + px]! - 2 ** (precision - 1);
        });
        const coefficients = forwardDct(block);
        bits.symbol(sizeOf(coefficients[0]! - predicted[c]!));
        bits.difference(coefficients[0]! - predicted[c]!);
        predicted[c] = coefficients[0]!;
        let run = 0;
        for (const index of zigzag.slice(1)) {
          const value = coefficients[index]!;
          if (value === 0) {
            run++;
            continue;
          }
          for (; run > 15; run -= 16) bits.symbol(0xf0);
          bits.symbol(run * 16 + sizeOf(value));
          bits.difference(value);
          run = 0;
        }
        if (run > 0) bits.symbol(0);
      });
    }
  }
  bits.align();
  return Uint8Array.from([...header, ...bits.out, 0xff, 0xd9]);
}
