/** Types of the codec packages, which have none: their Emscripten builds share one face. */
declare namespace CodecPackages {
  interface Decoder {
    getEncodedBuffer(size: number): Uint8Array;
    decode(): void;
    /** A view of the module's heap: valid until the next call. */
    getDecodedBuffer(): Uint8Array;
    getFrameInfo(): FrameInfo;
  }

  interface FrameInfo {
    readonly width: number;
    readonly height: number;
    readonly bitsPerSample: number;
    readonly componentCount: number;
  }

  type Module<Name extends string> = { readonly HEAPU8: Uint8Array } & {
    readonly [N in Name]: new () => Decoder;
  };

  type Factory<Name extends string> = (options: object) => Promise<Module<Name>>;
}

declare module '@cornerstonejs/codec-charls/decodewasmjs' {
  const factory: CodecPackages.Factory<'JpegLSDecoder'>;
  export default factory;
}

declare module '@cornerstonejs/codec-openjpeg/decodewasmjs' {
  const factory: CodecPackages.Factory<'J2KDecoder'>;
  export default factory;
}

declare module '@cornerstonejs/codec-openjph/wasmjs' {
  const factory: CodecPackages.Factory<'HTJ2KDecoder'>;
  export default factory;
}

declare module '@cornerstonejs/codec-libjxl/decodewasmjs' {
  const factory: CodecPackages.Factory<'JpegXLDecoder'>;
  export default factory;
}
