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

  class ParquetSchema {
    constructor(fields: Readonly<Record<string, FieldDefinition>>);
  }

  class ParquetEnvelopeWriter {
    constructor(
      schema: ParquetSchema,
      write: (chunk: Buffer) => Promise<void>,
      close: () => Promise<void>,
      fileOffset: number,
      options: { readonly pageSize: number },
    );
  }

  class ParquetWriter {
    rowGroupSize: number;
    constructor(
      schema: ParquetSchema,
      envelope: ParquetEnvelopeWriter,
      options: { readonly rowGroupSize: number },
    );
    appendRow(row: Readonly<Record<string, unknown>>): Promise<void>;
    close(): Promise<void>;
  }

  /** CommonJS: Node sees only the default export. */
  const parquetjs: {
    readonly ParquetSchema: typeof ParquetSchema;
    readonly ParquetEnvelopeWriter: typeof ParquetEnvelopeWriter;
    readonly ParquetWriter: typeof ParquetWriter;
  };
  export default parquetjs;
}
