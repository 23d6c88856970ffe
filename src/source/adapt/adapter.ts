import type { Row } from '../../core/row.ts';
import type { Sample } from './sample.ts';

/** A record with named columns, as JSON.parse, the CSV reader or Parquet gave it. */
export type Fields = Readonly<Record<string, unknown>>;

/** Slot of the adapter → column of the record. */
export type Columns = Readonly<Record<string, string>>;

/** Knows one shape of record. Adapters hold no state: `compile` closes over the columns. */
export interface Adapter {
  readonly kind: string;
  /** One record is an utterance; `compile` then takes the records of one dialogue, in order. */
  readonly grouped?: boolean;
  /** The columns this shape would take from records like these (`named`: slots the configuration fixes), or undefined. */
  detect(sample: Sample, named: Columns): Columns | undefined;
  /** Throws RowError for a record that is not of the shape. */
  compile(columns: Columns): (records: readonly Fields[]) => Row;
}
