/**
 * Memory that a worker and the main thread share, given out and taken back in the same order. Slices pass
 * through it without a transfer and without garbage: fresh buffers for each would cost more than the copy.
 */
export class Ring {
  readonly buffer: SharedArrayBuffer;
  private head = 0;
  private used = 0;

  constructor(bytes: number) {
    this.buffer = new SharedArrayBuffer(bytes);
  }

  /**
   * Room for `bytes` in one piece, and what it takes in all (the piece left unused at the end included), which is
   * to be given back by `release`. Undefined while there is none.
   */
  claim(
    bytes: number,
  ): { readonly offset: number; readonly taken: number; readonly head: number } | undefined {
    const size = this.buffer.byteLength;
    // Even offsets, for 16-bit views.
    const whole = bytes + (bytes % 2);
    const wraps = this.head + whole > size;
    const taken = wraps ? whole + size - this.head : whole;
    if (this.used + taken > size) return undefined;
    const { head } = this;
    const offset = wraps ? 0 : head;
    this.head = offset + whole;
    this.used += taken;
    return { offset, taken, head };
  }

  /** Gives back the oldest pieces. */
  release(taken: number): void {
    this.used -= taken;
    if (this.used === 0) this.head = 0;
  }

  /** Gives back the newest pieces, down to the one that was claimed when the head stood at `head`. */
  undo(taken: number, head: number): void {
    this.head = head;
    this.release(taken);
  }
}
