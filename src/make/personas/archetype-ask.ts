import type { Finding } from '../../core/finding.ts';
import type { Ask } from '../../llm/ask.ts';
import { pick } from './base-persona.ts';
import { describeScenario } from './describe-scenario.ts';
import { fill, type GrammarContext } from './grammar.ts';
import type { Archetype, ArchetypeField } from './library.ts';

/** The fields that an archetype needs and the scenario does not give: what is the persona's position, problem, side …? */
export function archetypeAsk(params: {
  readonly cell: string;
  readonly archetype: Archetype;
  /** Names of the fields that are missing. */
  readonly missing: readonly string[];
  readonly context: GrammarContext;
}): Ask<Readonly<Record<string, unknown>>> {
  const { cell, archetype, missing, context } = params;
  const fields = missing.map((name) => [name, archetype.required_fields[name]] as const);
  return {
    cell,
    messages: [
      {
        role: 'system',
        content: 'You generate the position and the motives of AI personas for training scenarios.',
      },
      { role: 'user', content: question(archetype, fields, context) },
    ],
    temperature: 0.7,
    maxTokens: 800,
    schema: {
      name: `archetype_${archetype.name.toLowerCase()}`,
      schema: {
        type: 'object',
        properties: Object.fromEntries(fields.map(([name, field]) => [name, typeOf(field)])),
        required: missing,
        additionalProperties: false,
      },
    },
    accept(answer) {
      const given = typeof answer === 'object' && answer !== null ? (answer as Record<string, unknown>) : {};
      const findings = fields.flatMap(([name, field]) => problem(name, field, given[name], cell));
      if (findings.length > 0) return { findings };
      return { value: Object.fromEntries(missing.map((name) => [name, given[name]])) };
    },
    template: (random) =>
      Object.fromEntries(fields.map(([name, field]) => [name, templateValue(name, field, context, random)])),
  };
}

function typeOf(field: ArchetypeField | undefined): unknown {
  if (field?.choices) return { type: 'string', enum: field.choices };
  return field?.list ? { type: 'array', items: { type: 'string' } } : { type: 'string' };
}

function problem(name: string, field: ArchetypeField | undefined, value: unknown, cell: string): Finding[] {
  const error = (message: string): Finding[] => [
    { code: 'archetype-field', severity: 'error', place: cell, message: `${name}: ${message}` },
  ];
  if (field?.choices && !field.choices.includes(String(value)))
    return error(`one of ${field.choices.join(', ')}`);
  if (field?.list) {
    const isList =
      Array.isArray(value) && value.length > 0 && value.every((item) => String(item).trim() !== '');
    return isList ? [] : error('a list of texts is needed');
  }
  return typeof value === 'string' && value.trim() !== '' ? [] : error('a text is needed');
}

function templateValue(
  name: string,
  field: ArchetypeField | undefined,
  context: GrammarContext,
  random: () => number,
): unknown {
  if (field?.choices) return pick(field.choices, random);
  const { grammar } = context.library;
  const ways = grammar.archetypes[name] ?? grammar.other;
  const say = (way: string): string =>
    String(fill(way.replaceAll('{field}', name.replaceAll('_', ' ')), context, random));
  if (!field?.list) return say(pick(ways, random) ?? '');
  const start = Math.floor(random() * ways.length);
  const count = Math.min(ways.length, 2);
  return Array.from({ length: count }, (_unused, step) => say(ways[(start + step) % ways.length] ?? ''));
}

function question(
  archetype: Archetype,
  fields: readonly (readonly [string, ArchetypeField | undefined])[],
  { base, scenario }: GrammarContext,
): string {
  const wanted = fields.map(([name, field]) => {
    const form = field?.choices ? ` (one of ${field.choices.join(', ')})` : field?.list ? ' (a list)' : '';
    return `- ${name}: ${field?.description ?? name}${form}`;
  });
  return `Persona: ${base.name}, ${base.age}, ${base.role}. ${base.description}

${describeScenario(scenario)} (${archetype.description})

Say for this persona, specifically and in agreement with the scenario:
${wanted.join('\n')}

Answer with one JSON object with exactly these fields.`;
}
