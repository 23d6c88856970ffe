import { visibleText } from '../lib/visible-text.ts';
import type { Align } from './text-table.ts';

/** GitHub-flavoured table; cells are already escaped. */
export function markdownTable(
  header: readonly string[],
  aligns: readonly Align[],
  rows: readonly (readonly string[])[],
): string {
  const rule = aligns.map((align) => (align === 'left' ? '---' : '---:'));
  return [line(header), line(rule), ...rows.map(line)].join('\n');
}

function line(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}

/** Text from data as inert Markdown: no markup, no HTML, no link, no table border, no control character. */
export function escapeMarkdown(text: string): string {
  return visibleText(text)
    .replace(/[\\`*[\]<>|~#!&$@]/g, '\\$&')
    .replace(/(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/gu, '\\_')
    .replaceAll('://', '\\://')
    .replace(/www\./gi, (match) => `${match.slice(0, -1)}\\.`)
    .replace(/^(\s*)([-+=])/, '$1\\$2')
    .replace(/^(\s*\d+)([.)])/, '$1\\$2');
}
