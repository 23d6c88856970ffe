/** The parts of parquetjs-lite 0.8.7 that are used here; the package ships no types. */
declare module 'parquetjs-lite' {
  export interface FieldDefinition {
    readonly type?: string;
    readonly optional?: boolean;
    readonly repeated?: boolean;
    readonly compression?: string;
    readonly statistics?: false;
    readonly fields?: Readonly<Record<string, FieldDefinition>>;
  }

  /** Opaque here: made by one constructor for the next. */
  type Schema = object;
  type Envelope = object;

  interface Writer {
    rowGroupSize: number;
    appendRow(row: Readonly<Record<string, unknown>>): Promise<void>;
    close(): Promise<void>;
  }

  /** CommonJS: Node sees only the default export. */
  const parquetjs: {
    readonly ParquetSchema: new (fields: Readonly<Record<string, FieldDefinition>>) => Schema;
    readonly ParquetEnvelopeWriter: new (
      schema: Schema,
      write: (chunk: Buffer) => Promise<void>,
      close: () => Promise<void>,
      fileOffset: number,
      options: { readonly pageSize: number },
    ) => Envelope;
    readonly ParquetWriter: new (
      schema: Schema,
      envelope: Envelope,
      options: { readonly rowGroupSize: number },
    ) => Writer;
  };
  export default parquetjs;
}
