import { fitText, textWidth } from '../lib/text-width.ts';

export type Align = 'left' | 'right';

/** Lines of a table with two spaces between columns; every column as wide as its widest cell. Cells are safe text. */
export function textTable(rows: readonly (readonly string[])[], aligns: readonly Align[]): string[] {
  const widths = aligns.map((_, column) => Math.max(0, ...rows.map((row) => textWidth(row[column] ?? ''))));
  return rows.map((row) =>
    widths
      .map((width, column) => fitText(row[column] ?? '', width, aligns[column]))
      .join('  ')
      .trimEnd(),
  );
}
