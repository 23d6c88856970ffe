import { readFile } from 'node:fs/promises';
import { parquetMetadata, parquetRead } from 'hyparquet';
import { ByteWriter, parquetWrite } from 'hyparquet-writer';

import { ValidationError } from '../core/errors.ts';

/** Changes when a column changes its meaning; part of every unit's fingerprint. */
export const sidecarVersion = 2;

/**
 * Bits of `flags`. `refined`, the accurate tier's personas stand in the row, is set by tag/overlay and never stored; `corrected`, the
 * fast tier's do as the accurate one corrected it, is.
 */
export const rowFlags = {
  rejected: 1,
  emptyOutput: 2,
  toolCalls: 4,
  synthetic: 8,
  refined: 16,
  corrected: 32,
} as const;

/**
 * Tags of one unit, row-aligned with its records. Arrays are parallel.
 * Persona ids and trait bits follow the order of the taxonomy; scores are probabilities × 65535 (personas) or × 255 (traits).
 */
export interface TagColumns {
  readonly rows: number;
  /** Record number (or byte offset) minus the unit's first. */
  readonly row: Int32Array;
  /** Input records behind the row: more than 1 where utterances were grouped. */
  readonly records: Int32Array;
  /** 128 bits, four words a row. */
  readonly rowKey: Uint32Array;
  /** 128 bits, four words a row. */
  readonly contentHash: Uint32Array;
  /** What the content hash passes over; orders rows of equal content wherever they stand. */
  readonly variant: Uint32Array;
  /** Three a row, best first. */
  readonly personas: Uint8Array;
  /** Three a row. */
  readonly personaScores: Uint16Array;
  /** Score of the source's origin persona; 0 where it has none. */
  readonly originScore: Uint16Array;
  /** Traits that hold, one bit each. */
  readonly traits: Uint16Array;
  /** Sixteen a row. */
  readonly traitScores: Uint8Array;
  readonly outputChars: Int32Array;
  readonly tokens: Int32Array;
  readonly supervisedTokens: Int32Array;
  readonly flags: Uint8Array;
}

export const runnersUp = 3;
export const maximumTraits = 16;

/** A probability as sidecars keep those of personas. */
export function quantise(probability: number): number {
  return Math.round(Math.min(1, Math.max(0, probability)) * 65535);
}

/** Columns for `rows` rows, all zero; about 90 bytes a row. */
export function createTagColumns(rows: number): TagColumns {
  return {
    rows,
    row: new Int32Array(rows),
    records: new Int32Array(rows),
    rowKey: new Uint32Array(rows * 4),
    contentHash: new Uint32Array(rows * 4),
    variant: new Uint32Array(rows),
    personas: new Uint8Array(rows * runnersUp),
    personaScores: new Uint16Array(rows * runnersUp),
    originScore: new Uint16Array(rows),
    traits: new Uint16Array(rows),
    traitScores: new Uint8Array(rows * maximumTraits),
    outputChars: new Int32Array(rows),
    tokens: new Int32Array(rows),
    supervisedTokens: new Int32Array(rows),
    flags: new Uint8Array(rows),
  };
}

/**
 * One Parquet file per unit. Everything is INT32, required, PLAIN and uncompressed: 88 bytes a row that readers map straight
 * into typed arrays, which is what lets PLAN read 6 million rows in seconds. 128-bit words keep their order.
 */
export function encodeSidecar(columns: TagColumns): Uint8Array {
  const packed: [string, Int32Array][] = [
    ['row', columns.row],
    ['records', columns.records],
    ...words('row_key', columns.rowKey, columns.rows),
    ...words('content_hash', columns.contentHash, columns.rows),
    ['variant', new Int32Array(columns.variant.buffer, columns.variant.byteOffset, columns.rows)],
    ['personas', packPersonas(columns)],
    [
      'scores_1_2',
      pair(columns.personaScores, 0, columns.personaScores, 1, runnersUp, runnersUp, columns.rows),
    ],
    ['score_3_origin', pair(columns.personaScores, 2, columns.originScore, 0, runnersUp, 1, columns.rows)],
    ['traits_flags', packTraits(columns)],
    ...words(
      'trait_scores',
      new Uint32Array(columns.traitScores.buffer, columns.traitScores.byteOffset, columns.rows * 4),
      columns.rows,
    ),
    ['output_chars', columns.outputChars],
    ['tokens', columns.tokens],
    ['supervised_tokens', columns.supervisedTokens],
  ];
  const writer = new ByteWriter();
  void parquetWrite({
    writer,
    columnData: packed.map(([name, data]) => ({
      name,
      data,
      type: 'INT32',
      nullable: false,
      encoding: 'PLAIN',
      statistics: false,
      offsetIndex: false,
    })),
    codec: 'UNCOMPRESSED',
    statistics: false,
    rowGroupSize: Math.max(1, columns.rows),
    pageSize: 1 << 30,
    createdBy: 'tag-datasets',
  });
  return new Uint8Array(writer.getBuffer());
}

/** Reads a sidecar back. @throws ValidationError `sidecar-damaged` */
export async function readSidecar(path: string): Promise<TagColumns> {
  const content = await readFile(path);
  const file = content.buffer.slice(content.byteOffset, content.byteOffset + content.byteLength);
  const read = new Map<string, Int32Array>();
  try {
    const metadata = parquetMetadata(file);
    const rows = Number(metadata.num_rows);
    if (rows > 0) {
      await parquetRead({
        file,
        metadata,
        onChunk: ({ columnName, columnData, rowStart }) => {
          if (!(columnData instanceof Int32Array)) throw new TypeError(`column ${columnName} is not INT32`);
          if (rowStart === 0 && columnData.length === rows) read.set(columnName, columnData);
          else fill(read, columnName, rows).set(columnData, rowStart);
        },
      });
    }
    return unpack(rows, read);
  } catch (cause) {
    throw new ValidationError(
      `${path}: damaged sidecar: ${cause instanceof Error ? cause.message : String(cause)}`,
      {
        code: 'sidecar-damaged',
        hint: 'delete the file and run again; the unit is tagged anew',
        cause,
      },
    );
  }
}

function unpack(rows: number, read: ReadonlyMap<string, Int32Array>): TagColumns {
  const column = (name: string): Int32Array => {
    const data = rows === 0 ? new Int32Array(0) : read.get(name);
    if (!data) throw new Error(`no column ${name}`);
    return data;
  };
  const columns = {
    ...createTagColumns(rows),
    row: column('row'),
    records: column('records'),
    outputChars: column('output_chars'),
    tokens: column('tokens'),
    supervisedTokens: column('supervised_tokens'),
  };
  unwords(columns.rowKey, 'row_key', column);
  unwords(columns.contentHash, 'content_hash', column);
  columns.variant.set(column('variant'));
  unwords(new Uint32Array(columns.traitScores.buffer), 'trait_scores', column);
  const [personas, scores12, score3, traits] = [
    column('personas'),
    column('scores_1_2'),
    column('score_3_origin'),
    column('traits_flags'),
  ];
  for (let i = 0; i < rows; i++) {
    const packed = personas[i] ?? 0;
    const first = scores12[i] ?? 0;
    const third = score3[i] ?? 0;
    const at = i * runnersUp;
    columns.personas[at] = packed & 255;
    columns.personas[at + 1] = (packed >>> 8) & 255;
    columns.personas[at + 2] = (packed >>> 16) & 255;
    columns.personaScores[at] = first & 0xffff;
    columns.personaScores[at + 1] = first >>> 16;
    columns.personaScores[at + 2] = third & 0xffff;
    columns.originScore[i] = third >>> 16;
    columns.traits[i] = (traits[i] ?? 0) & 0xffff;
    columns.flags[i] = (traits[i] ?? 0) >>> 16;
  }
  return columns;
}

function fill(read: Map<string, Int32Array>, name: string, rows: number): Int32Array {
  const data = read.get(name) ?? new Int32Array(rows);
  read.set(name, data);
  return data;
}

function words(name: string, data: Uint32Array, rows: number): [string, Int32Array][] {
  return [0, 1, 2, 3].map((word) => {
    const column = new Int32Array(rows);
    for (let i = 0; i < rows; i++) column[i] = data[i * 4 + word] ?? 0;
    return [`${name}_${word}`, column];
  });
}

function unwords(out: Uint32Array, name: string, column: (name: string) => Int32Array): void {
  for (let word = 0; word < 4; word++) {
    const data = column(`${name}_${word}`);
    for (let i = 0; i < data.length; i++) out[i * 4 + word] = data[i] ?? 0;
  }
}

function packPersonas(columns: TagColumns): Int32Array {
  const packed = new Int32Array(columns.rows);
  for (let i = 0; i < columns.rows; i++) {
    const at = i * runnersUp;
    packed[i] =
      (columns.personas[at] ?? 0) |
      ((columns.personas[at + 1] ?? 0) << 8) |
      ((columns.personas[at + 2] ?? 0) << 16);
  }
  return packed;
}

function packTraits(columns: TagColumns): Int32Array {
  const packed = new Int32Array(columns.rows);
  for (let i = 0; i < columns.rows; i++)
    packed[i] = (columns.traits[i] ?? 0) | ((columns.flags[i] ?? 0) << 16);
  return packed;
}

function pair(
  low: Uint16Array,
  lowAt: number,
  high: Uint16Array,
  highAt: number,
  lowStep: number,
  highStep: number,
  rows: number,
): Int32Array {
  const packed = new Int32Array(rows);
  for (let i = 0; i < rows; i++)
    packed[i] = (low[i * lowStep + lowAt] ?? 0) | ((high[i * highStep + highAt] ?? 0) << 16);
  return packed;
}
