import { ConfigError } from '../../core/errors.ts';
import type { Row } from '../../core/row.ts';
import type { Taxonomy } from '../../core/taxonomy.ts';
import type { Unit } from '../../core/unit.ts';
import { suggestName } from '../../lib/nearest.ts';
import { openBytes } from '../../source/open-bytes.ts';
import { readUnit } from '../../source/read-unit.ts';

/** A readable row of a labelled file. */
export interface LabelledRow {
  readonly row: Row;
  /** `file: row 17`, counted from 0; for messages. */
  readonly at: string;
}

/** The readable rows of one unit, in order, batch by batch, and how many records of the batch could not be read. */
export async function* readLabelledRows(
  unit: Unit,
): AsyncGenerator<{ readonly rows: readonly LabelledRow[]; readonly unreadable: number }> {
  for await (const batch of readUnit(unit, { keepExtra: true, openBytes })) {
    const rows = batch.flatMap((entry) =>
      'value' in entry ? [{ row: entry.value, at: `${unit.file.name}: row ${entry.row}` }] : [],
    );
    yield { rows, unreadable: batch.length - rows.length };
  }
}

/** Rows [from, to) of a unit's readable rows. */
export interface UnitBlock {
  readonly unit: Unit;
  readonly from: number;
  readonly to: number;
  /** Place of the first row among all rows. */
  readonly at: number;
}

/** Rows [from, to) of a unit, in batches; what lies before is read and passed over. */
export async function* readBlock({ unit, from, to }: UnitBlock): AsyncGenerator<readonly Row[]> {
  let at = 0;
  for await (const { rows } of readLabelledRows(unit)) {
    const wanted = rows.slice(Math.max(0, from - at), Math.max(0, to - at)).map(({ row }) => row);
    at += rows.length;
    if (wanted.length > 0) yield wanted;
    if (at >= to) return;
  }
}

/** Columns of a row beside its text. */
export function labelColumns({ row }: LabelledRow): Readonly<Record<string, unknown>> {
  const extra: unknown = row.extra === undefined ? {} : JSON.parse(row.extra);
  return typeof extra === 'object' && extra !== null ? { ...extra } : {};
}

/**
 * Returns a function that gives the taxonomy's index of a row's `persona`; an alias counts as its persona.
 * The function throws ConfigError `label-missing`, `label-unknown`.
 */
export function personaReader(
  taxonomy: Taxonomy,
): (columns: Readonly<Record<string, unknown>>, at: string) => number {
  const indices = new Map(
    taxonomy.personas.flatMap(({ id, aliases }, index) => [id, ...aliases].map((name) => [name, index])),
  );
  return (columns, at) => {
    const label = columns['persona'];
    if (typeof label !== 'string' || label === '') {
      throw new ConfigError(`${at}: no persona`, {
        code: 'label-missing',
        hint: 'a labelled row is {instruction, input, output, persona} or {messages, persona}',
      });
    }
    const index = indices.get(label);
    if (index !== undefined) return index;
    const known = taxonomy.personas.map((persona) => persona.id);
    throw new ConfigError(`${at}: unknown persona "${label}"; ${suggestName(label, known)}`, {
      code: 'label-unknown',
      hint: 'taggers/personas.yaml lists the personas',
    });
  };
}
