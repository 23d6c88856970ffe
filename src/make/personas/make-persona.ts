import type { Card } from '../../core/card.ts';
import type { Finding } from '../../core/finding.ts';
import type { AnswerProvenance, Llm } from '../../llm/ask.ts';
import { archetypeAsk } from './archetype-ask.ts';
import { type BasePersona, basePersona, type PersonaRequest } from './base-persona.ts';
import { categoryAsk, categoryBounds } from './category-ask.ts';
import { type Details, detailAsk } from './detail-ask.ts';
import type { GrammarContext } from './grammar.ts';
import type { PersonaLibrary } from './library.ts';
import { type ConversationStyle, fallbackStyle, rulesAsk } from './rules-ask.ts';
import { settleCategories } from './settle-categories.ts';

export interface MadePersona {
  readonly card: Card;
  /** What went another way than asked; findings of single answers are recorded by who runs the job. */
  readonly findings: readonly Finding[];
}

/** A persona in the making. */
interface Draft {
  readonly id: string;
  readonly request: PersonaRequest;
  readonly library: PersonaLibrary;
  readonly llm: Llm;
  readonly context: GrammarContext;
  readonly findings: Finding[];
  /** Provenance of every answer, by what it filled. */
  readonly answers: Map<string, AnswerProvenance>;
}

/**
 * Makes one persona (004.5): base from the scenario; the model picks the categories; their details are asked for at the same time;
 * then the rules of conversation. A category whose details fail is dropped and recorded, never stored as an error. Which person it
 * is depends on seed, scenario, mode and variation alone.
 */
export async function makePersona(
  params: {
    readonly id: string;
    readonly request: PersonaRequest;
    readonly library: PersonaLibrary;
    readonly seed: number;
    readonly blankCard: (id: string, name: string) => Card;
  },
  llm: Llm,
): Promise<MadePersona> {
  const { id, request, library } = params;
  const base = basePersona(request, library.locale, params.seed);
  const context = { base, scenario: request.scenario, library };
  const draft: Draft = { id, request, library, llm, context, findings: [], answers: new Map() };
  const [chosen, archetypeData] = await Promise.all([chooseCategories(draft), fillArchetype(draft)]);
  const details = await askDetails(draft, chosen.categories);
  const style = await askRules(draft, details);
  const card = assemble(params.blankCard(id, base.name), draft, {
    archetypeData,
    details,
    style,
    chosen,
    seed: params.seed,
  });
  return { card, findings: draft.findings };
}

interface Chosen {
  readonly categories: readonly string[];
  readonly by: 'model' | 'fallback';
  readonly added: readonly string[];
  readonly trimmed: readonly string[];
}

async function chooseCategories({
  id,
  request,
  library,
  llm,
  context,
  findings,
  answers,
}: Draft): Promise<Chosen> {
  const { scenario, mode } = request;
  const answer = await llm.ask(
    categoryAsk({ cell: `${id}/categories`, scenario, base: context.base, mode, library }),
  );
  if (answer.value) answers.set('categories', answer.provenance);
  else
    findings.push(warning(id, 'categories-fallback', 'no answer chose categories; the fallback was taken'));
  const settled = settleCategories(answer.value, scenario, library, categoryBounds);
  return { ...settled, by: answer.value ? 'model' : 'fallback' };
}

/** What the scenario gives of the archetype's fields, and an answer for what it does not. */
async function fillArchetype(draft: Draft): Promise<Readonly<Record<string, unknown>>> {
  const { id, request, library, llm, context, findings, answers } = draft;
  const { primary_archetype: type } = request.scenario.archetype_classification;
  const archetype = library.archetypes.find(({ name }) => name === type);
  const given = context.base.given;
  if (!archetype) return given;
  const missing = Object.keys(archetype.required_fields).filter((name) => isBlank(given[name]));
  if (missing.length === 0) return given;
  const answer = await llm.ask(archetypeAsk({ cell: `${id}/archetype`, archetype, missing, context }));
  if (answer.value) answers.set('archetype', answer.provenance);
  else
    findings.push(
      warning(id, 'archetype-incomplete', `no answer gave ${missing.join(', ')} of ${archetype.name}`),
    );
  return { ...given, ...answer.value };
}

/** All at the same time; when too few come of it, the next best categories take the place of those that failed, once. */
async function askDetails(
  draft: Draft,
  wanted: readonly string[],
): Promise<Readonly<Record<string, Details>>> {
  const made = await askEach(draft, wanted);
  const [least] = categoryBounds;
  if (made.length < least) {
    const others = draft.library.categories.map(({ name }) => name).filter((name) => !wanted.includes(name));
    made.push(...(await askEach(draft, others.slice(0, least - made.length))));
  }
  if (made.length < least) {
    const message = `${made.length} detail categories; at least ${least} are meant`;
    draft.findings.push({ ...warning(draft.id, 'persona-too-few-categories', message), severity: 'error' });
  }
  return Object.fromEntries(made);
}

async function askEach(draft: Draft, names: readonly string[]): Promise<(readonly [string, Details])[]> {
  const { id, request, library, llm, context, findings, answers } = draft;
  const asked = names.flatMap((name) => library.categories.filter((category) => category.name === name));
  const given = await Promise.all(
    asked.map((category) =>
      llm.ask(
        detailAsk({
          cell: `${id}/details/${category.name}`,
          category,
          context,
          customPrompt: request.customPrompt,
        }),
      ),
    ),
  );
  return given.flatMap(({ value, provenance }, index) => {
    const name = asked[index]?.name ?? '';
    if (value) {
      answers.set(`details/${name}`, provenance);
      return [[name, value] as const];
    }
    findings.push(
      warning(id, 'category-dropped', `${name}: no answer could be used; the persona goes without it`),
    );
    return [];
  });
}

async function askRules(
  draft: Draft,
  details: Readonly<Record<string, Details>>,
): Promise<ConversationStyle> {
  const { id, llm, context, findings, answers } = draft;
  const answer = await llm.ask(rulesAsk({ cell: `${id}/rules`, context, details }));
  if (answer.value) {
    answers.set('rules', answer.provenance);
    return answer.value;
  }
  findings.push(warning(id, 'rules-fallback', 'no answer gave conversation rules; the fallback was taken'));
  return fallbackStyle;
}

function assemble(
  blank: Card,
  { request, context, library, answers, findings }: Draft,
  made: {
    readonly archetypeData: Readonly<Record<string, unknown>>;
    readonly details: Readonly<Record<string, Details>>;
    readonly style: ConversationStyle;
    readonly chosen: Chosen;
    readonly seed: number;
  },
): Card {
  const { scenario, mode, customPrompt, gender, variation } = request;
  const { base } = context;
  const { primary_archetype: type, confidence_score: confidence } = scenario.archetype_classification;
  const provenance = [...answers.values()][0];
  return {
    ...blank,
    summary: base.description,
    identity: { ...blank.identity, ...identityOf(base) },
    voice: { ...blank.voice, word_limit: made.style.wordLimit },
    archetype: { type, confidence: type === null ? null : confidence, data: made.archetypeData },
    details: made.details,
    rules: { conversation: made.style.rules, oracle: null },
    context: {
      template_id: scenario.template_id,
      mode,
      scenario_type: scenario.general_info.domain,
      scenario: scenario.context_overview,
      variation_id: variation,
      locale: library.localeName,
      generation_metadata: {
        custom_prompt_used: customPrompt,
        gender_specified: gender,
        categories_chosen_by: made.chosen.by,
        categories_added: made.chosen.added,
        categories_trimmed: made.chosen.trimmed,
        categories_dropped: dropped(findings),
        answers: Object.fromEntries([...answers].sort(([a], [b]) => (a < b ? -1 : 1))),
      },
    },
    provenance: {
      source: provenance?.provider === 'template' ? 'template' : 'llm',
      model: provenance?.model ?? null,
      prompt_hash: provenance?.prompt_hash ?? null,
      seed: made.seed,
    },
  };
}

function identityOf({ age, gender, role, type, location }: BasePersona): Partial<Card['identity']> {
  return { age, gender, role, type, location: { ...location } };
}

function dropped(findings: readonly Finding[]): string[] {
  return findings
    .filter(({ code }) => code === 'category-dropped')
    .map(({ message }) => message.split(':')[0] ?? '')
    .sort();
}

function isBlank(value: unknown): boolean {
  if (value === undefined || value === null || value === '') return true;
  return Array.isArray(value) && value.length === 0;
}

function warning(place: string, code: string, message: string): Finding {
  return { code, severity: 'warning', place, message };
}
