/**
 * Writes a chat export with planted personas, for trying `extract` and for its figures:
 * node --import ./scripts/register-ts.mjs scripts/planted-export.ts full|small PATH [personas] [seed] [chatgpt|claude]
 */
import { fullExport, smallExport } from '../tests/support/planted-export.ts';
import { writePlantedExport } from '../tests/support/write-export.ts';

const [size = 'small', path = 'conversations.json', personas = '4', seed = '1', kind = 'chatgpt'] =
  process.argv.slice(2);
await writePlantedExport(path, {
  ...(size === 'full' ? fullExport : smallExport),
  personas: Number(personas),
  seed: Number(seed),
  kind: kind === 'claude' ? 'claude' : 'chatgpt',
});
