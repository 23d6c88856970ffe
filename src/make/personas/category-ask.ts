import type { Finding } from '../../core/finding.ts';
import { suggestName } from '../../lib/nearest.ts';
import type { Ask } from '../../llm/ask.ts';
import { type BasePersona, pick } from './base-persona.ts';
import type { PersonaLibrary } from './library.ts';
import { describeScenario } from './describe-scenario.ts';
import type { PersonaMode, Scenario } from './scenario.ts';
import { requiredCategories } from './settle-categories.ts';

/** A persona has at least and at most so many detail categories (004.6). */
export const categoryBounds = [3, 8] as const;

/** Which detail categories does this persona need? The answer is a list of names, the most important first. */
export function categoryAsk(params: {
  readonly cell: string;
  readonly scenario: Scenario;
  readonly base: BasePersona;
  readonly mode: PersonaMode;
  readonly library: PersonaLibrary;
}): Ask<readonly string[]> {
  const { cell, scenario, library } = params;
  const names = library.categories.map(({ name }) => name);
  return {
    cell,
    messages: [
      {
        role: 'system',
        content: 'You select relevant persona detail categories based on scenario analysis.',
      },
      { role: 'user', content: question(params) },
    ],
    temperature: 0.3,
    maxTokens: 500,
    schema: {
      name: 'detail_categories',
      schema: {
        type: 'object',
        properties: { categories: { type: 'array', items: { type: 'string', enum: names } } },
        required: ['categories'],
        additionalProperties: false,
      },
    },
    accept: (answer) => acceptCategories(answer, names, cell),
    template(random) {
      const required = requiredCategories(scenario, library);
      const others = names.filter((name) => !required.includes(name));
      const extra = pick(others, random);
      const wanted = required.length < 2 ? [...required, ...others.slice(0, 3)] : required;
      return { categories: extra !== undefined && random() < 0.5 ? [...wanted, extra] : wanted };
    },
  };
}

function acceptCategories(
  answer: unknown,
  names: readonly string[],
  cell: string,
): { value: readonly string[]; findings?: Finding[] } | { findings: Finding[] } {
  const list = listOf(answer);
  if (!list)
    return {
      findings: [finding('categories-no-list', cell, 'the answer is no JSON list of category names')],
    };
  const asked = [...new Set(list.map((item) => String(item).trim().toLowerCase()))];
  const chosen = asked.filter((name) => names.includes(name));
  const findings = asked
    .filter((name) => !names.includes(name))
    .map((name) =>
      finding('category-unknown', cell, `"${name}" is no category; ${suggestName(name, names)}`),
    );
  const [least, most] = categoryBounds;
  if (chosen.length < least) {
    const message = `${chosen.length} known categories; at least ${least} are needed`;
    return { findings: [...findings, finding('categories-too-few', cell, message)] };
  }
  if (chosen.length > most) {
    findings.push(
      finding('categories-too-many', cell, `${chosen.length} categories; the first ${most} count`),
    );
  }
  return { value: chosen, findings: findings.map((each) => ({ ...each, severity: 'warning' })) };
}

/** The list itself, or the first list in an object: `["a"]`, `{"categories": ["a"]}`. */
function listOf(answer: unknown): readonly unknown[] | null {
  if (Array.isArray(answer)) return answer;
  if (typeof answer !== 'object' || answer === null) return null;
  return Object.values(answer).find((value): value is unknown[] => Array.isArray(value)) ?? null;
}

function finding(code: string, place: string, message: string): Finding {
  return { code, severity: 'error', place, message };
}

function question(params: {
  readonly scenario: Scenario;
  readonly base: BasePersona;
  readonly mode: PersonaMode;
  readonly library: PersonaLibrary;
}): string {
  const { scenario, base, mode, library } = params;
  const [least, most] = categoryBounds;
  const descriptions = library.categories.map(
    ({ name, description, when_relevant }) => `- ${name}: ${description}\n  When relevant: ${when_relevant}`,
  );
  return `You are analysing a training scenario to determine which persona detail categories are needed.

${describeScenario(scenario)}

Persona:
- Role: ${base.role}
- Description: ${base.description}

Mode: ${mode}

Available detail categories:
${descriptions.join('\n')}

Task: select the detail categories that are truly relevant for this persona.
Rules:
1. Only categories that significantly affect how this persona behaves.
2. Do not select everything; be selective.
3. Consider what the archetype requires.
4. Consider what makes this persona realistic and human.
5. At least ${least} and at most ${most} categories, the most important first.

Answer with JSON only: {"categories": ["category1", "category2", "category3"]}`;
}
