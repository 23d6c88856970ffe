import { join, resolve } from 'node:path';

import { readArchetypes } from '../../cards/archetypes.ts';
import { requireCards } from '../../cards/read-cards.ts';
import { formatCard } from '../../cards/write-cards.ts';
import type { Card } from '../../core/card.ts';
import { ConfigError } from '../../core/errors.ts';
import type { Finding } from '../../core/finding.ts';
import type { AnswerProvenance, Llm } from '../../llm/ask.ts';
import { checkPrompt, promptParts } from '../../make/prompts/check-prompt.ts';
import { promptAsk } from '../../make/prompts/prompt-ask.ts';
import { promptLevels, renderPrompt } from '../../make/prompts/render-prompt.ts';
import type { CardTools } from '../cards/card-files.ts';
import type { Maker } from './maker.ts';

interface MadePrompts {
  readonly card: Card;
  readonly provenance: AnswerProvenance | null;
  readonly findings: readonly Finding[];
}

/**
 * System prompts of cards: minimal and standard always rendered from the card, full by the model; when no answer holds every part,
 * the full one is rendered too, and a finding says so. @throws ConfigError, ValidationError when a card cannot be read
 */
export async function promptsMaker(
  params: { readonly cards: readonly string[] },
  tools: CardTools,
): Promise<Maker> {
  const { cards, files } = await requireCards(params.cards, tools.taxonomy);
  const archetypes = await readArchetypes(join(tools.configsFolder, 'archetypes.yaml'));
  const behaviourOf = ({ archetype }: Card): readonly string[] =>
    archetypes.archetypes.find(({ name }) => name === archetype.type)?.behaviour ??
    archetypes.unknown.behaviour;
  return {
    name: 'prompts',
    options: { cards: cards.map(({ card }) => card.id) },
    checkOut: (out) =>
      refuseOverwriting(
        files,
        cards.map(({ card }) => join(out, cardPath(card))),
      ),
    async make(job) {
      const made = await job.each(cards, async ({ card }) => makePrompts(card, behaviourOf(card), job.llm));
      return {
        files: [
          ...made.map(({ card }) => ({ path: cardPath(card), content: formatCard(card) })),
          { path: 'prompts.jsonl', content: made.flatMap(promptRows).join('') },
        ],
        counts: { cards: made.length, prompts: made.length * promptLevels.length },
        findings: made.flatMap(({ findings }) => findings),
        missing: 0,
      };
    },
  };
}

function cardPath({ id }: Card): string {
  return `cards/${id}.yaml`;
}

/** A card as it is written lacks the comments, and the prompts by hand, of the file that it was read from. @throws ConfigError */
function refuseOverwriting(sources: readonly string[], targets: readonly string[]): void {
  const read = new Set(sources.map((path) => resolve(path)));
  const target = targets.find((path) => read.has(resolve(path)));
  if (target === undefined) return;
  throw new ConfigError(
    `${target}: the card with its prompts would overwrite the file that cards are read from`,
    {
      code: 'out-in-input',
      hint: 'name another folder with --out',
    },
  );
}

async function makePrompts(card: Card, behaviour: readonly string[], llm: Llm): Promise<MadePrompts> {
  const answer = await llm.ask(promptAsk({ cell: `${card.id}/full`, card, behaviour }));
  const full = answer.value ?? renderPrompt(card, 'full', behaviour);
  const findings = checkPrompt(card, full, card.id);
  if (answer.value === null) {
    const message = 'no answer held every part of the prompt; it was rendered from the card';
    findings.push({ code: 'prompt-rendered', severity: 'warning', place: card.id, message });
  }
  const minimal = renderPrompt(card, 'minimal', behaviour);
  const standard = renderPrompt(card, 'standard', behaviour);
  return {
    card: { ...card, prompts: { minimal, standard, full } },
    provenance: answer.value === null ? null : answer.provenance,
    findings,
  };
}

function promptRows({ card, provenance }: MadePrompts): string[] {
  return promptLevels.map((level) => {
    const prompt = card.prompts[level] ?? '';
    const row = {
      id: card.id,
      level,
      prompt,
      ...(level === 'full' ? { checks: promptParts(card, prompt) } : {}),
      provenance: level === 'full' && provenance ? provenance : { provider: 'template', model: 'renderer' },
    };
    return `${JSON.stringify(row)}\n`;
  });
}
