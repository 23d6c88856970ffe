import type { Card } from '../../core/card.ts';
import { ConfigError } from '../../core/errors.ts';
import type { Taxonomy } from '../../core/taxonomy.ts';
import { requireCards } from '../../cards/read-cards.ts';
import { suggestName } from '../../lib/nearest.ts';
import { openExtractSource } from './extract-source.ts';
import type { LoraSource } from './lora-source.ts';
import { openRowsSource } from './rows-source.ts';
import { openRunSource } from './run-source.ts';

/** What the command line names; exactly one of `from`, `run` and `rows`. */
export interface SourceChoice {
  /** Folder of an extract. */
  readonly from?: string;
  /** Folder of a finished run. */
  readonly run?: string;
  /** File of rows, spoken by the card. */
  readonly rows?: string;
  /** Card file or folder of cards. */
  readonly card?: string;
  readonly persona?: string;
  readonly adapter?: string;
}

/** @throws ConfigError `usage`, `card-unknown`, and what the sources throw */
export async function openLoraSource(
  choice: SourceChoice,
  taxonomy: Taxonomy,
): Promise<{ readonly source: LoraSource; readonly name: string }> {
  const { from, run, rows, persona, adapter } = choice;
  const named = [from, run, rows].filter((path) => path !== undefined);
  if (named.length !== 1)
    throw usage('name one of --from (an extract), --run (a finished run) and --rows (a file)');
  const card = await readCard(choice, taxonomy);
  if (rows !== undefined) {
    if (!card) throw usage('--rows needs --card: the persona that speaks them');
    return { source: openRowsSource(rows, card), name: fileStem(card.id) };
  }
  if (run !== undefined) {
    const selection = adapter === undefined ? { persona: persona ?? '' } : { adapter };
    if (adapter === undefined && persona === undefined) throw usage('--run needs --adapter or --persona');
    const source = await openRunSource(run, selection, { card, taxonomy });
    return { source, name: fileStem(adapter ?? persona ?? '') };
  }
  if (persona === undefined) throw usage('--from needs --persona, or --all');
  const source = await openExtractSource(from ?? '', persona, { card, taxonomy });
  return { source, name: fileStem(source.id) };
}

function usage(message: string): ConfigError {
  return new ConfigError(message, { code: 'usage', hint: 'tag-datasets lora prep --help shows examples' });
}

/** The card of the persona, where a folder holds several. @throws ConfigError `card-unknown` */
async function readCard({ card, persona }: SourceChoice, taxonomy: Taxonomy): Promise<Card | null> {
  if (card === undefined) return null;
  const cards = (await requireCards([card], taxonomy)).cards.map((loaded) => loaded.card);
  const [only] = cards;
  if (only && cards.length === 1) return only;
  const found = cards.find(({ id, name }) => id === persona || name === persona);
  if (found) return found;
  const ids = cards.map(({ id }) => id);
  throw new ConfigError(
    persona === undefined
      ? `${card} holds ${cards.length} cards; name one with --persona`
      : `${card}: no card "${persona}"; ${suggestName(persona, ids)}`,
    { code: 'card-unknown', hint: `it has ${ids.slice(0, 12).join(', ')}${ids.length > 12 ? ', …' : ''}` },
  );
}

/** Part of a file name: what could leave the folder or trouble a shell becomes `_`. */
export function fileStem(name: string): string {
  return name.replaceAll(/[^\w.-]+/g, '_').replace(/^\.+/, '_');
}
