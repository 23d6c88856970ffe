/** Random access to the bytes of one input file, wherever it lies. Disposing it closes what it holds open. */
export interface ByteSource extends AsyncDisposable {
  readonly bytes: number;
  /** The bytes [start, end): exactly `end - start` of them, or FatalError `short-read`. Holds that many bytes. */
  read(start: number, end: number): Promise<Uint8Array>;
}
