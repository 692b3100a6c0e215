import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { GantryError } from '../../base/errors.ts';

/** The common face of the decoders that the Cornerstone codec packages build with Emscripten. */
interface WasmDecoder {
  getEncodedBuffer(size: number): Uint8Array;
  decode(): void;
  getDecodedBuffer(): Uint8Array;
  getFrameInfo(): WasmFrameInfo;
  delete(): void;
}

export interface WasmFrameInfo {
  readonly width: number;
  readonly height: number;
  readonly bitsPerSample: number;
  readonly componentCount: number;
  readonly isSigned?: boolean;
}

interface WasmModule {
  readonly HEAPU8: Uint8Array;
  readonly [decoder: string]: unknown;
}

type Factory = (options: object) => Promise<WasmModule>;

/** Where a codec's WebAssembly build lies in its package. */
export interface WasmCodec {
  readonly name: string;
  readonly script: string;
  readonly binary: string;
  readonly decoder: string;
  /** Bytes to put behind every codestream. */
  readonly tail?: Uint8Array;
}

/** A heap that a huge frame has grown past this is given back, because WebAssembly memory never shrinks. */
const MAX_KEPT_HEAP_BYTES = 192 * 1024 * 1024;

const require = createRequire(import.meta.url);

async function load(codec: WasmCodec): Promise<WasmModule> {
  // The packages have no types; this is the one place that says what they are.
  const script: { default: Factory } = await import(pathToFileURL(require.resolve(codec.script)).href);
  const silent = (): void => {};
  return script.default({
    wasmBinary: readFileSync(require.resolve(codec.binary)),
    print: silent,
    printErr: silent,
  });
}

/**
 * A codec, loaded at most once a thread. `decode` is synchronous and hands out a copy: getDecodedBuffer is a
 * view of a heap that moves with the next frame.
 */
export class WasmFrameCodec {
  private readonly codec: WasmCodec;
  private module: WasmModule | undefined;
  private decoder: WasmDecoder | undefined;

  constructor(codec: WasmCodec) {
    this.codec = codec;
  }

  async ready(): Promise<void> {
    if (this.module === undefined) this.module = await load(this.codec);
  }

  /** Decodes to bytes: one a sample up to 8 bits, two (little endian) up to 16. Throws CORRUPT. */
  decode(codestream: Uint8Array): { info: WasmFrameInfo; bytes: Uint8Array<ArrayBuffer> } {
    if (this.module === undefined) throw new GantryError('INTERNAL', `${this.codec.name} is not loaded.`);
    try {
      this.decoder ??= new (this.module[this.codec.decoder] as new () => WasmDecoder)();
      const { tail } = this.codec;
      const input = this.decoder.getEncodedBuffer(codestream.length + (tail?.length ?? 0));
      input.set(codestream);
      if (tail !== undefined) input.set(tail, codestream.length);
      this.decoder.decode();
      const info = this.decoder.getFrameInfo();
      // slice() copies without clearing the memory first, which costs as much as the copy.
      const bytes = this.decoder.getDecodedBuffer().slice();
      if (this.module.HEAPU8.length > MAX_KEPT_HEAP_BYTES) this.drop();
      return { info, bytes };
    } catch (cause) {
      // After a C++ exception or a trap the heap may be inconsistent.
      this.drop();
      throw new GantryError('CORRUPT', `The ${this.codec.name} data is damaged.`, { cause });
    }
  }

  private drop(): void {
    this.decoder = undefined;
    this.module = undefined;
  }
}

/** Samples of 1 or 2 bytes from a codec's output, which must have exactly `count` of them. */
export function samplesOf(
  name: string,
  bytes: Uint8Array<ArrayBuffer>,
  bitsPerSample: number,
  count: number,
): Uint8Array | Uint16Array {
  const wide = bitsPerSample > 8;
  if (bytes.length < count * (wide ? 2 : 1)) {
    throw new GantryError('CORRUPT', `The ${name} data decodes to too few values.`);
  }
  return wide ? new Uint16Array(bytes.buffer, 0, count) : bytes.subarray(0, count);
}
