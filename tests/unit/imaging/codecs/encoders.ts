import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

/** The encoders of the codec packages: what they write, our readers must give back. */
interface FrameInfo {
  readonly width: number;
  readonly height: number;
  readonly bitsPerSample: number;
  readonly componentCount: number;
  readonly isSigned: boolean;
}

interface Encoder {
  delete(): void;
  getDecodedBuffer(info: FrameInfo): Uint8Array;
  getEncodedBuffer(): Uint8Array;
  encode(): void;
  [setting: string]: (...values: never[]) => unknown;
}

interface Module {
  readonly [name: string]: new () => Encoder;
}

const require = createRequire(import.meta.url);

const builds = {
  JpegLSEncoder: ['@cornerstonejs/codec-charls/wasmjs', '@cornerstonejs/codec-charls/wasm'],
  J2KEncoder: ['@cornerstonejs/codec-openjpeg/wasmjs', '@cornerstonejs/codec-openjpeg/wasm'],
  HTJ2KEncoder: ['@cornerstonejs/codec-openjph/wasmjs', '@cornerstonejs/codec-openjph/wasm'],
  JpegXLEncoder: ['@cornerstonejs/codec-libjxl/encodewasmjs', '@cornerstonejs/codec-libjxl/encodewasm'],
  JPEGDecoder: [
    '@cornerstonejs/codec-libjpeg-turbo-8bit/wasmjs',
    '@cornerstonejs/codec-libjpeg-turbo-8bit/wasm',
  ],
} as const;

async function codecModule(name: keyof typeof builds): Promise<Module> {
  const [script, binary] = builds[name];
  const factory: { default: (options: object) => Promise<Module> } = await import(
    pathToFileURL(require.resolve(script)).href
  );
  return factory.default({
    wasmBinary: readFileSync(require.resolve(binary)),
    print: () => {},
    printErr: () => {},
  });
}

/** Encodes with settings given as [method, ...arguments]. */
export async function encode(
  name: keyof typeof builds,
  info: FrameInfo,
  samples: Uint8Array,
  settings: readonly (readonly [string, ...unknown[]])[] = [],
): Promise<Uint8Array> {
  const module = await codecModule(name);
  const encoder = new module[name]!();
  encoder.getDecodedBuffer({ ...info, isUsingColorTransform: false } as FrameInfo).set(samples);
  for (const [method, ...values] of settings) encoder[method]!(...(values as never[]));
  encoder.encode();
  return new Uint8Array(encoder.getEncodedBuffer());
}

/** Decodes 8-bit JPEG with libjpeg-turbo. */
export async function turboDecode(stream: Uint8Array): Promise<Uint8Array> {
  const module = await codecModule('JPEGDecoder');
  const decoder = new module.JPEGDecoder!() as Encoder & { getEncodedBuffer(size: number): Uint8Array };
  decoder.getEncodedBuffer(stream.length).set(stream);
  (decoder as Encoder & { decode(): void }).decode();
  return new Uint8Array((decoder as Encoder & { getDecodedBuffer(): Uint8Array }).getDecodedBuffer());
}
