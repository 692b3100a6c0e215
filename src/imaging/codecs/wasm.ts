import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { GantryError } from '../../base/errors.ts';

/** A loaded build: how to make a decoder, and how large its heap has grown. */
interface LoadedCodec {
  newDecoder(): CodecPackages.Decoder;
  heapBytes(): number;
}

/** Where a codec's WebAssembly build is. */
export interface WasmCodec {
  readonly name: string;
  /** Path of the binary inside the packages. */
  readonly binary: string;
  /** Imports the package's script and starts it. */
  load(options: object): Promise<LoadedCodec>;
  /** Bytes to put behind every codestream. */
  readonly tail?: Uint8Array;
}

/** A heap that a huge frame has grown past this is given back, because WebAssembly memory never shrinks. */
const MAX_KEPT_HEAP_BYTES = 192 * 1024 * 1024;

const { resolve } = createRequire(import.meta.url);

/** What `load` of a codec gives for a module and one of its decoders. */
export function loaded<Name extends string>(module: CodecPackages.Module<Name>, name: Name): LoadedCodec {
  return { newDecoder: () => new module[name](), heapBytes: () => module.HEAPU8.length };
}

/**
 * A codec, loaded at most once a thread. `decode` is synchronous and hands out a copy: getDecodedBuffer is a
 * view of a heap that moves with the next frame.
 */
export class WasmFrameCodec {
  private readonly codec: WasmCodec;
  private module: LoadedCodec | undefined;
  private decoder: CodecPackages.Decoder | undefined;
  /** The heap has grown too large, or an error may have left it inconsistent: load anew before the next file. */
  private stale = false;

  constructor(codec: WasmCodec) {
    this.codec = codec;
  }

  /** Loads the codec; call before the first frame of each file. */
  async ready(): Promise<void> {
    if (this.module !== undefined && !this.stale) return;
    const silent = (): void => {};
    this.decoder = undefined;
    this.module = undefined;
    this.module = await this.codec.load({
      wasmBinary: readFileSync(resolve(this.codec.binary)),
      print: silent,
      printErr: silent,
    });
    this.stale = false;
  }

  /** Decodes to bytes: one a sample up to 8 bits, two (little endian) up to 16. Throws CORRUPT. */
  decode(codestream: Uint8Array): { info: CodecPackages.FrameInfo; bytes: Uint8Array<ArrayBuffer> } {
    const { module } = this;
    if (module === undefined) throw new GantryError('INTERNAL', `${this.codec.name} is not loaded.`);
    try {
      this.decoder ??= module.newDecoder();
      const { tail } = this.codec;
      const input = this.decoder.getEncodedBuffer(codestream.length + (tail?.length ?? 0));
      input.set(codestream);
      if (tail !== undefined) input.set(tail, codestream.length);
      this.decoder.decode();
      const info = this.decoder.getFrameInfo();
      const bytes = owned(this.decoder.getDecodedBuffer(), module.heapBytes());
      this.stale ||= module.heapBytes() > MAX_KEPT_HEAP_BYTES;
      return { info, bytes };
    } catch (cause) {
      this.stale = true;
      throw new GantryError('CORRUPT', `The ${this.codec.name} data is damaged.`, { cause });
    }
  }
}

/**
 * Some builds hand out a copy; a view of the heap is copied here, with set(): slice() and the copying constructor
 * go value by value on WebAssembly memory.
 */
function owned(decoded: Uint8Array, heapBytes: number): Uint8Array<ArrayBuffer> {
  const { buffer } = decoded;
  const whole = decoded.byteLength === buffer.byteLength && buffer.byteLength !== heapBytes;
  if (whole && buffer instanceof ArrayBuffer) return new Uint8Array(buffer);
  const own = new Uint8Array(decoded.length);
  own.set(decoded);
  return own;
}

/** Samples of 1 or 2 bytes from a codec's output, which must have at least `count` of them. */
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
