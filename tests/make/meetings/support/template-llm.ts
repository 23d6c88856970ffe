import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

import type { Card } from '../../../../src/core/card.ts';
import { seededRandom } from '../../../../src/lib/seeded-random.ts';
import type { Ask, Llm } from '../../../../src/llm/ask.ts';
import { planMeetings } from '../../../../src/make/meetings/plan.ts';
import { rowsOfCard } from '../../../../src/make/meetings/rows.ts';
import { vocabularyOf } from '../../../../src/make/meetings/template.ts';
import { type WordedGroup, wordGroups } from '../../../../src/make/meetings/word-groups.ts';
import type { MeetingRow } from '../../../../src/core/meeting.ts';

const cardsFolder = join(import.meta.dirname, '../../../../configs/cards');
const frame = { firstMonday: '2025-11-17', timeZone: 'Asia/Shanghai' };
export const printedCounts: Readonly<Record<number, number>> = { 1: 200, 2: 150, 3: 100 };

/** The shipped cards, ordered by id. */
export function shippedCards(folder: 'oracle' | 'oracle-held-out' = 'oracle'): Card[] {
  return readdirSync(join(cardsFolder, folder))
    .sort()
    .map((name) => parse(readFileSync(join(cardsFolder, folder, name), 'utf8')) as Card);
}

export function shippedCard(id: string): Card {
  return parse(readFileSync(join(cardsFolder, 'oracle', `${id}.yaml`), 'utf8')) as Card;
}

/** Answers as the offline grammar does; `spoil` may replace an answer before it is checked. */
export function templateLlm(
  seed: string,
  spoil: (answer: unknown, ask: Ask<unknown>) => unknown = (answer) => answer,
): Llm & { readonly asked: string[]; readonly codes: string[] } {
  const asked: string[] = [];
  const codes: string[] = [];
  return {
    asked,
    codes,
    ask(ask) {
      asked.push(ask.cell);
      const answer = spoil(ask.template(seededRandom(`${seed}/${ask.cell}`)), ask);
      const accepted = ask.accept(answer);
      codes.push(...(accepted.findings ?? []).map(({ code }) => code));
      return Promise.resolve({
        cell: ask.cell,
        value: 'value' in accepted ? accepted.value : null,
        findings: accepted.findings ?? [],
        provenance: { provider: 'template', model: 'template', prompt_hash: '0', attempt: 1 },
      });
    },
  };
}

/** Everything a card gives, made in batches of twenty. */
export async function makeCard(
  card: Card,
  count: number,
  seed: string,
  { llm = templateLlm(seed), redraws = 6 }: { llm?: Llm; redraws?: number } = {},
): Promise<{ rows: MeetingRow[]; worded: WordedGroup[]; missing: number }> {
  const plan = planMeetings({ card, count, seed });
  const vocabulary = vocabularyOf(plan);
  const worded: WordedGroup[] = [];
  let missing = 0;
  for (let start = 0; start < plan.groups.length; start += 20) {
    const groups = plan.groups.slice(start, start + 20);
    const batch = await wordGroups({
      llm,
      plan,
      vocabulary,
      groups,
      frame,
      cell: `${card.id}/${start}`,
      redraws,
    });
    worded.push(...batch.worded);
    missing += batch.missing.length;
  }
  return { rows: rowsOfCard({ plan, worded, frame, now: '2025-11-10T14:32:18.123Z' }), worded, missing };
}
