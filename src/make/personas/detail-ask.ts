import type { Finding } from '../../core/finding.ts';
import type { Acceptance, Ask } from '../../llm/ask.ts';
import type { BasePersona } from './base-persona.ts';
import { describeScenario } from './describe-scenario.ts';
import { fieldValue, type GrammarContext } from './grammar.ts';
import type { DetailCategory } from './library.ts';

/** A detail category has at least so many fields that say something (004.7). */
const leastFields = 5;

export type Details = Readonly<Record<string, unknown>>;

/** What is to be known of one detail category of a persona? */
export function detailAsk(params: {
  readonly cell: string;
  readonly category: DetailCategory;
  readonly context: GrammarContext;
  readonly customPrompt: string | null;
}): Ask<Details> {
  const { cell, category, context } = params;
  const { adjective } = context.library.locale;
  return {
    cell,
    messages: [
      { role: 'system', content: `You generate realistic persona details based on ${adjective} context.` },
      { role: 'user', content: question(params) },
    ],
    temperature: 0.7,
    maxTokens: 800,
    schema: { name: category.name, schema: answerSchema(category) },
    accept: (answer) => acceptDetails(answer, category, context.base, cell),
    template: (random) =>
      Object.fromEntries(
        category.example_fields.map((field) => [field, fieldValue(category.name, field, context, random)]),
      ),
  };
}

function answerSchema({ example_fields }: DetailCategory): Readonly<Record<string, unknown>> {
  const properties = example_fields.map((field) => [field, { type: ['string', 'number'] }]);
  return {
    type: 'object',
    properties: Object.fromEntries(properties),
    required: example_fields,
    additionalProperties: false,
  };
}

function acceptDetails(
  answer: unknown,
  category: DetailCategory,
  base: BasePersona,
  cell: string,
): Acceptance<Details> {
  const error = (code: string, message: string): Finding => ({
    code,
    severity: 'error',
    place: cell,
    message,
  });
  const fields = fieldsOf(answer, category.name);
  if (!fields) return { findings: [error('detail-no-object', 'the answer is no JSON object of fields')] };
  if (Object.hasOwn(fields, 'error')) {
    return {
      findings: [error('detail-error', `the answer is an error: ${String(fields['error']).slice(0, 80)}`)],
    };
  }
  const details = Object.fromEntries(Object.entries(fields).filter(([, value]) => saysSomething(value)));
  const findings: Finding[] = [];
  const count = Object.keys(details).length;
  if (count < leastFields) {
    findings.push(
      error(
        'detail-too-few-fields',
        `${count} fields that say something; at least ${leastFields} are needed`,
      ),
    );
  }
  const text = Object.values(details).map(textOf).join(' ');
  if (isOtherScript(text))
    findings.push(error('detail-wrong-language', `not in English: "${text.slice(0, 40)}"`));
  findings.push(...contradictions(details, base, error));
  return findings.length > 0 ? { findings } : { value: details };
}

/** The fields, or those under the name of the category: `{"family_context": {…}}`. */
function fieldsOf(answer: unknown, name: string): Record<string, unknown> | null {
  const object = asObject(answer);
  if (!object) return null;
  const inner = Object.keys(object).length === 1 ? asObject(object[name]) : null;
  return inner ?? object;
}

function saysSomething(value: unknown): boolean {
  if (typeof value === 'number' || typeof value === 'boolean') return true;
  const text = textOf(value).trim();
  return (
    text.length >= 3 && !/^(?:n\/?a|none|null|unknown|tbd|string|text|\.{2,}|…|<.*>|\[.*\])$/i.test(text)
  );
}

function textOf(value: unknown): string {
  if (Array.isArray(value)) return value.map(textOf).join(', ');
  if (typeof value === 'object' && value !== null) return Object.values(value).map(textOf).join(', ');
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? String(value)
    : '';
}

/** More than half of the letters are not Latin. */
function isOtherScript(text: string): boolean {
  const letters = text.match(/\p{L}/gu)?.length ?? 0;
  const latin = text.match(/\p{Script=Latin}/gu)?.length ?? 0;
  return letters > 20 && latin < letters / 2;
}

/** What cannot be true of this person: told to the model, so that it can do better. */
function contradictions(
  details: Details,
  { age, location }: BasePersona,
  error: (code: string, message: string) => Finding,
): Finding[] {
  return Object.entries(details).flatMap(([field, value]) => {
    if (/^years_(?:of_)?experience$/.test(field)) {
      const years = Number.parseFloat(textOf(value));
      return years > age - 16
        ? [error('detail-age-experience', `${field}: ${years} years of experience at the age of ${age}`)]
        : [];
    }
    if (
      /^(?:home_)?city$/.test(field) &&
      !textOf(value).toLowerCase().includes(location.city.toLowerCase())
    ) {
      return [
        error(
          'detail-location-differs',
          `${field}: "${textOf(value)}", but the persona is in ${location.city}`,
        ),
      ];
    }
    return [];
  });
}

function asObject(value: unknown): Record<string, unknown> | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : null;
}

function question(params: {
  readonly category: DetailCategory;
  readonly context: GrammarContext;
  readonly customPrompt: string | null;
}): string {
  const { category, context, customPrompt } = params;
  const { base, scenario, library } = context;
  return `Generate realistic, detailed information for the "${category.name}" category of this persona.

Category definition: ${category.description}
Fields: ${category.example_fields.join(', ')}

Persona:
- Name: ${base.name}
- Age: ${base.age}
- Gender: ${base.gender}
- Role: ${base.role}
- Location: ${[base.location.specific_area, base.location.city, base.location.state, base.location.country].filter((part) => part !== null).join(', ')}
- Description: ${base.description}

${describeScenario(scenario)}
${customPrompt === null ? '' : `\nCustom instructions: ${customPrompt}\n`}
Requirements:
1. Realistic ${library.locale.adjective} context (names, places, cultural details).
2. Specific and concrete details, nothing generic.
3. Numbers where they are relevant.
4. Depth and nuance.
5. Connected to the scenario, and in agreement with age, role and location above.

Answer with one JSON object with these fields, at least ${leastFields} of them filled.`;
}
