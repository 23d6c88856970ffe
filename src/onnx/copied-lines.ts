import { roles } from '../core/row.ts';
import type { TextBatch } from '../core/tagger.ts';

/** Bytes of the shortest line that counts: brackets and keywords alone stand in any code. */
const shortestLine = 8;
const fewestCopies = 2;

/** From this share on an answer is taken for the request's own text, changed. */
export const mostlyCopied = 0.5;

const lineFeed = 0x0a;
const assistantRole = roles.indexOf('assistant');
const userRole = roles.indexOf('user');

/**
 * Share in [0, 1] of the assistant's lines that stand in the user's text too, blanks around them aside; 0 where fewer than two do.
 * Code given back repaired is mostly lines of the request, code written anew is not.
 */
export function copiedShare(batch: TextBatch, row: number): number {
  const said = linesOf(batch, row, assistantRole);
  if (said.length < fewestCopies) return 0;
  const asked = new Set(linesOf(batch, row, userRole));
  let copies = 0;
  for (const line of said) if (asked.has(line)) copies++;
  return copies < fewestCopies ? 0 : copies / said.length;
}

/** Lines of a side as Latin-1: cheaper than UTF-8, and only compared with each other. A segment of one line has none to compare. */
function linesOf(batch: TextBatch, row: number, speaker: number): string[] {
  const { bytes } = batch;
  const lines: string[] = [];
  for (let s = batch.rowSegments[row] ?? 0; s < (batch.rowSegments[row + 1] ?? 0); s++) {
    if (batch.roles[s] !== speaker) continue;
    const segment = bytes.subarray(batch.starts[s] ?? 0, batch.ends[s] ?? 0);
    if (!segment.includes(lineFeed)) continue;
    const text = Buffer.from(segment.buffer, segment.byteOffset, segment.length).toString('latin1');
    for (const line of text.split('\n')) {
      const trimmed = withoutBlanks(line);
      if (trimmed.length >= shortestLine) lines.push(trimmed);
    }
  }
  return lines;
}

/** By hand: a pattern for blanks at the end looks at a run of blanks inside the line once for each of them. */
function withoutBlanks(line: string): string {
  let start = 0;
  let end = line.length;
  while (start < end && isBlank(line.charCodeAt(start))) start++;
  while (end > start && isBlank(line.charCodeAt(end - 1))) end--;
  return line.slice(start, end);
}

function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x09;
}
