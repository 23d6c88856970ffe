import type { SentenceEncoder } from '../../core/tagger.ts';
import type { Taxonomy } from '../../core/taxonomy.ts';
import { RowEncoder } from '../../tag/encode.ts';
import type { Embeddings } from './check-kind.ts';

/** Words of one piece: what fits the encoder's 128 tokens. */
const pieceWords = 80;

interface Roster {
  openEncoder(folder: string, taxonomy: Taxonomy): Promise<SentenceEncoder>;
}

/**
 * A function that turns texts into numbers with a shipped sentence encoder: the mean over two pieces of 80 words, on this thread;
 * some hundred pieces a second. The encoder is opened at the first call and lives until `close`.
 */
export function createEmbedder(params: {
  /** Module of the taggers, folder of the encoder. */
  readonly rosterUrl: string;
  readonly folder: string;
  readonly taxonomy: Taxonomy;
}): {
  readonly embed: (texts: readonly string[]) => Promise<Embeddings>;
  readonly close: () => Promise<void>;
} {
  let opened: Promise<SentenceEncoder> | undefined;
  return {
    async embed(texts) {
      opened ??= import(params.rosterUrl).then((roster: Roster) =>
        roster.openEncoder(params.folder, params.taxonomy),
      );
      return embedAll(await opened, texts);
    },
    async close() {
      // An encoder that could not be opened was told of by `embed`; told again here it would hide that.
      const encoder = await opened?.catch(() => null);
      await encoder?.[Symbol.asyncDispose]();
    },
  };
}

async function embedAll(encoder: SentenceEncoder, texts: readonly string[]): Promise<Embeddings> {
  const { width } = encoder;
  const numbers = new Float32Array(texts.length * width);
  const rows = new RowEncoder();
  for (const [index, text] of texts.entries()) {
    const pieces = piecesOf(text);
    const batch = pieces.map((content) => ({ messages: [{ role: 'assistant' as const, content }] }));
    const found = await encoder.encode(rows.encode(batch).text);
    for (let i = 0; i < found.length; i++) {
      const at = index * width + (i % width);
      numbers[at] = (numbers[at] ?? 0) + (found[i] ?? 0) / pieces.length;
    }
  }
  return { numbers, width };
}

/** The first piece and the middle one: what a text begins with and what it comes to, at the cost of two. */
function piecesOf(text: string): string[] {
  const words = text.split(/\s+/u);
  const piece = (from: number): string => words.slice(from, from + pieceWords).join(' ');
  return words.length <= pieceWords ? [text] : [piece(0), piece(Math.floor((words.length - pieceWords) / 2))];
}
