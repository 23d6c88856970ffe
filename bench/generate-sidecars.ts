import { mix32 } from '../src/lib/hash.ts';
import { createTagColumns, type TagColumns } from '../src/tag/sidecar.ts';

/**
 * Tags of invented rows [start, start + count): persona supply is Zipf-like, traits are independent coin flips, 1 % of the rows
 * repeat another row's content. A function of the row number alone.
 */
export function generatedColumns(start: number, count: number): TagColumns {
  const columns = createTagColumns(count);
  for (let i = 0; i < count; i++) {
    const row = start + i;
    const content = mix32(row) % 100 === 0 ? row >>> 1 : row;
    for (let word = 0; word < 4; word++) {
      columns.contentHash[i * 4 + word] = mix32(content * 4 + word);
      columns.rowKey[i * 4 + word] = mix32(row * 4 + word + 0x5bd1e995);
    }
    const draw = (mix32(content ^ 0x1234567) >>> 0) / 2 ** 32;
    columns.personas[i * 3] = Math.min(56, Math.floor(57 * draw ** 2));
    columns.personaScores[i * 3] = 65535 - (mix32(content + 7) & 0x7fff);
    columns.traits[i] = mix32(content + 99) & mix32(content + 100) & 0xffff;
    columns.records[i] = 1;
    columns.outputChars[i] = 400;
    columns.tokens[i] = 60 + (mix32(content + 3) & 511);
    columns.supervisedTokens[i] = (columns.tokens[i] ?? 0) >> 1;
  }
  return columns;
}
