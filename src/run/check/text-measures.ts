import type { Conversation } from '../../core/conversation.ts';
import type { Card } from '../../core/card.ts';
import { speechOf } from '../../check/conversations/turn-rules.ts';
import { findContradictions } from '../../evaluate/text/contradictions.ts';
import { distinctShare, movingTypeShare } from '../../evaluate/text/distinct.ts';
import { identifiability } from '../../evaluate/text/identifiability.ts';
import { compressionRatio, selfRepetition, sharedShare } from '../../evaluate/text/repetition.ts';
import { selfBleu } from '../../evaluate/text/self-bleu.ts';
import { styleVectors } from '../../evaluate/text/style-vector.ts';
import { dispersion, vendiScore } from '../../evaluate/text/vendi.ts';
import { seededRandom } from '../../lib/seeded-random.ts';
import { readSpeechPatterns } from '../../lib/speech-patterns.ts';
import { wordsOf } from '../../lib/words.ts';
import type { CheckOptions, Measure, MeasureGroup } from './check-kind.ts';

/** Most texts that are embedded; of more, evenly spread ones. */
const embeddedTexts = 1000;

/** How varied conversations are, by both sides, and how consistent their personas. */
export async function measureConversations(
  conversations: readonly Conversation[],
  cards: ReadonlyMap<string, Card>,
  embed: CheckOptions['embed'],
): Promise<MeasureGroup[]> {
  if (conversations.length === 0) return [];
  const texts = conversations.map(({ turns }) => turns.map(({ text }) => text).join('\n'));
  return [measureConsistency(conversations, cards), await measureDiversity(texts, embed)];
}

/** How varied texts are. `embed` null: what needs an encoder is left out and said. */
async function measureDiversity(
  texts: readonly string[],
  embed: CheckOptions['embed'],
): Promise<MeasureGroup> {
  const words = texts.map(wordsOf);
  const chosen = spread(texts, embeddedTexts);
  const found = embed && chosen.length > 1 ? await embed(chosen) : null;
  const encoder = found ? `of ${chosen.length} texts, sentence encoder` : 'no encoder';
  return {
    name: 'diversity',
    measures: [
      ...[1, 2, 3].map((n) =>
        measure(
          `distinct_${n}`,
          distinctShare(words, n),
          'share of different n-grams; higher is more varied',
        ),
      ),
      measure(
        'moving_type_share',
        movingTypeShare(words),
        'different words in a window of 100; higher is more varied',
      ),
      measure('compression_ratio', compressionRatio(texts), 'gzip of all texts; lower is more varied'),
      measure(
        'self_repetition_4',
        selfRepetition(words),
        'ln(1 + 4-grams of a text that another has), mean; lower',
      ),
      measure('shared_8grams', sharedShare(words, 8), 'share of 8-grams that stand in two texts; lower'),
      measure('self_bleu', selfBleu(words), 'BLEU-4 of each text against all others; lower'),
      measure(
        'vendi_score',
        found && vendiScore(found.numbers, found.width),
        `effectively different texts, ${encoder}`,
      ),
      measure(
        'dispersion',
        found && dispersion(found.numbers, found.width),
        `mean 1 - cosine over pairs, ${encoder}`,
      ),
    ],
  };
}

/** How much the personas keep to themselves: who speaks told by style alone, patterns of the cards, contradictions. */
function measureConsistency(
  conversations: readonly Conversation[],
  cards: ReadonlyMap<string, Card>,
): MeasureGroup {
  const speakers = conversations.map(({ persona_id: id }) => id);
  const spoken = conversations.map(({ turns }) => speechOf(turns).texts);
  const vectors = styleVectors(spoken, nameWords(cards));
  const found = identifiability(vectors, speakers);
  const shuffled = [1, 2, 3, 4, 5].map(
    (run) => identifiability(vectors, shuffle(speakers, run))?.accuracy ?? 0,
  );
  const worst = Object.entries(found?.per_speaker ?? {}).toSorted(
    ([a, m], [b, n]) => m - n || (a < b ? -1 : 1),
  )[0];
  const control = shuffled.reduce((sum, value) => sum + value, 0) / shuffled.length;
  return {
    name: 'consistency',
    measures: [
      measure(
        'identifiability',
        found?.accuracy ?? null,
        'share of conversations whose style names their persona, left out',
      ),
      measure('identifiability_chance', found?.chance ?? null, 'what guessing gives'),
      measure(
        'identifiability_shuffled',
        found ? control : null,
        'the same with the personas shuffled, mean of 5; near chance',
      ),
      measure('identifiability_worst', worst?.[1] ?? null, `of ${worst?.[0] ?? 'nobody'}`),
      measure(
        'within_between',
        found?.within_between ?? null,
        'style distance in a persona over between personas; below 1 is consistent',
      ),
      ...measurePatterns(conversations, cards),
      measureContradictions(conversations, cards),
    ],
  };
}

function measurePatterns(
  conversations: readonly Conversation[],
  cards: ReadonlyMap<string, Card>,
): Measure[] {
  let [hits, tried, silent] = [0, 0, 0];
  for (const { persona_id: id, turns } of conversations) {
    const card = cards.get(id);
    if (!card) continue;
    for (const { hit } of readSpeechPatterns(card.voice)) {
      if (!hit) silent++;
      else {
        tried++;
        if (hit(speechOf(turns))) hits++;
      }
    }
  }
  const all = tried + silent;
  return [
    measure(
      'pattern_hit_rate',
      tried === 0 ? null : hits / tried,
      'speech patterns of the cards found, of those that text can show',
    ),
    measure(
      'patterns_measurable',
      all === 0 ? null : tried / all,
      'share of the cards’ patterns that text can show',
    ),
  ];
}

function measureContradictions(
  conversations: readonly Conversation[],
  cards: ReadonlyMap<string, Card>,
): Measure {
  const found = conversations.flatMap(({ persona_id: id, turns }) => {
    const card = cards.get(id);
    const facts = {
      names: card ? wordsOf(card.name) : [],
      noDairy: card !== undefined && takesNoDairy(card),
    };
    return findContradictions(speechOf(turns).texts, facts);
  });
  return measure('contradictions', found.length, 'own name, milk or counts said in two ways');
}

function takesNoDairy({ summary, details }: Card): boolean {
  const avoids = details['order']?.['avoids'];
  return (
    (Array.isArray(avoids) && avoids.includes('dairy')) ||
    /lactose intolerant|dairy[- ]free|vegan/iu.test(summary)
  );
}

function nameWords(cards: ReadonlyMap<string, Card>): Set<string> {
  return new Set([...cards.values()].flatMap(({ name }) => wordsOf(name)));
}

function shuffle(items: readonly string[], run: number): string[] {
  const random = seededRandom(`shuffled speakers ${run}`);
  return items
    .map((item) => ({ item, key: random() }))
    .toSorted((a, b) => a.key - b.key)
    .map(({ item }) => item);
}

function spread<T>(items: readonly T[], most: number): readonly T[] {
  if (items.length <= most) return items;
  return Array.from({ length: most }, (_, i) => items[Math.floor((i * items.length) / most)]).filter(
    (item) => item !== undefined,
  );
}

function measure(name: string, value: number | null, note: string): Measure {
  return { name, value, note };
}
