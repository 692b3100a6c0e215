/**
 * Counter-based random numbers: Philox4x32-10 (Salmon et al., SC'11). A number is a function of
 * (seed, stream, index, counter), so that slice i of a seed is the same whatever the batch, and a generator's
 * whole state is two integers that a checkpoint can hold.
 */
const M0 = 0xd2511f53;
const M1 = 0xcd9e8d57;
const W0 = 0x9e3779b9;
const W1 = 0xbb67ae85;

/** High 32 bits of the unsigned product of two 32-bit integers. */
function mulHigh(a: number, b: number): number {
  const al = a & 0xffff;
  const ah = a >>> 16;
  const bl = b & 0xffff;
  const bh = b >>> 16;
  const mid = ah * bl + Math.floor((al * bl) / 0x10000);
  const low = (mid % 0x10000) + al * bh;
  return (ah * bh + Math.floor(mid / 0x10000) + Math.floor(low / 0x10000)) >>> 0;
}

/** One Philox4x32-10 block: four 32-bit words of `counter` under `key`, written into `out`. */
export function philox(
  counter: readonly [number, number, number, number],
  key: readonly [number, number],
  out: Uint32Array,
): void {
  let [c0, c1, c2, c3] = counter;
  let [k0, k1] = key;
  for (let round = 0; round < 10; round++) {
    const h0 = mulHigh(M0, c0);
    const l0 = Math.imul(M0, c0) >>> 0;
    const h1 = mulHigh(M1, c2);
    const l1 = Math.imul(M1, c2) >>> 0;
    c0 = (h1 ^ c1 ^ k0) >>> 0;
    c1 = l1;
    c2 = (h0 ^ c3 ^ k1) >>> 0;
    c3 = l0;
    k0 = (k0 + W0) >>> 0;
    k1 = (k1 + W1) >>> 0;
  }
  out[0] = c0;
  out[1] = c1;
  out[2] = c2;
  out[3] = c3;
}

export interface RandomState {
  readonly seed: number;
  readonly stream: number;
  readonly index: number;
  /** Words already drawn. */
  readonly position: number;
}

/** 32-bit FNV-1a of a name, to give each use of randomness its own stream. */
export function streamOf(name: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < name.length; i++) hash = Math.imul(hash ^ name.charCodeAt(i), 0x01000193) >>> 0;
  return hash;
}

/** A sequence of random numbers. Two generators with equal states give equal numbers for ever. */
export class Random {
  readonly seed: number;
  readonly stream: number;
  readonly index: number;
  private position: number;
  private readonly block = new Uint32Array(4);
  private blockIndex = -1;

  /**
   * @param seed integer, 0 .. 2^53 - 1
   * @param stream a name ("latent", "augment", …) or its hash
   * @param index which of the stream's independent sequences, 0 .. 2^32 - 1
   */
  constructor(seed: number, stream: string | number, index = 0, position = 0) {
    this.seed = seed;
    this.stream = typeof stream === 'string' ? streamOf(stream) : stream;
    this.index = index;
    this.position = position;
  }

  static restore(state: RandomState): Random {
    return new Random(state.seed, state.stream, state.index, state.position);
  }

  state(): RandomState {
    return { seed: this.seed, stream: this.stream, index: this.index, position: this.position };
  }

  /** Uniform 32-bit integer. */
  uint32(): number {
    const blockIndex = Math.floor(this.position / 4);
    if (blockIndex !== this.blockIndex) {
      const low = blockIndex % 0x100000000;
      const high = Math.floor(blockIndex / 0x100000000);
      philox(
        [low >>> 0, high >>> 0, this.index >>> 0, this.stream],
        [(this.seed % 0x100000000) >>> 0, Math.floor(this.seed / 0x100000000) >>> 0],
        this.block,
      );
      this.blockIndex = blockIndex;
    }
    return this.block[this.position++ % 4]!;
  }

  /** Uniform in [0, 1), 32 bits. */
  uniform(): number {
    return this.uint32() / 0x100000000;
  }

  /** Uniform integer in [0, n). */
  int(n: number): number {
    return Math.floor(this.uniform() * n);
  }

  /** Standard normal (Box-Muller; always two words a number, so that positions stay predictable). */
  normal(): number {
    const u = (this.uint32() + 1) / 0x100000001;
    const v = this.uniform();
    return Math.sqrt(-2 * Math.log(u)) * Math.cos(2 * Math.PI * v);
  }

  /** Fills with standard normals. */
  fillNormal(out: Float32Array): Float32Array {
    for (let i = 0; i < out.length; i++) out[i] = this.normal();
    return out;
  }

  /** A uniformly random order of 0 .. n-1 (Fisher-Yates). */
  permutation(n: number): Uint32Array {
    const order = Uint32Array.from({ length: n }, (_, i) => i);
    for (let i = n - 1; i > 0; i--) {
      const j = this.int(i + 1);
      const t = order[i]!;
      order[i] = order[j]!;
      order[j] = t;
    }
    return order;
  }
}
