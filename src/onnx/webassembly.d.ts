/** The part of the JavaScript API of WebAssembly that is used here; TypeScript has it only in its library for browsers. */
declare namespace WebAssembly {
  class Memory {
    readonly buffer: ArrayBuffer;
    /** Pages of 64 KiB; existing buffers are detached. */
    grow(pages: number): number;
  }
  const Module: new (bytes: Uint8Array) => object;
  class Instance {
    constructor(module: object);
    readonly exports: object;
  }
}
