/** JSON Lines: a line each, the last one ended too; nothing for no values. */
export function jsonLines(values: readonly unknown[]): string {
  return values.map((value) => `${JSON.stringify(value)}\n`).join('');
}
