import type { Persona } from '../../core/taxonomy.ts';
import type { Ask } from '../../llm/ask.ts';
import { compileControlToken } from '../../shard/control-token.ts';
import type { Maker } from '../make/maker.ts';
import { jsonLines } from '../../lib/json-lines.ts';
import { buildProbes, type ControlChoice, type Probe, type ProbeSet } from './persona-probes.ts';

/** File that the maker leaves in its folder, and that `--answers` reads. */
export const answersFile = 'answers.jsonl';

/** Tokens of an answer: enough for a manner to show. */
const answerTokens = 400;

/** Asks an endpoint the prompts of the evaluation, every persona with its control token or system prompt. */
export function answersMaker(params: {
  readonly probes: ProbeSet;
  readonly crossed: boolean;
  readonly control: ControlChoice;
  readonly tokenFormat: string;
  /** Whose tokens a prompt may bring along. */
  readonly personas: readonly Persona[];
  /** Sampling temperature by persona. */
  readonly temperatures: Readonly<Record<string, number>>;
}): Maker {
  const { probes, crossed, control, tokenFormat, personas, temperatures } = params;
  return {
    name: 'persona-answers',
    options: {
      personas: probes.personas.map(({ id }) => id),
      prompts: probes.prompts.map(({ text }) => text),
      crossed,
      control,
      token_format: tokenFormat,
    },
    async make(job) {
      const asked = buildProbes(probes, {
        crossed,
        control,
        token: compileControlToken(tokenFormat, personas),
      });
      const made = await job.each(asked, async (probe) => {
        const temperature = temperatures[probe.persona.persona] ?? 0.7;
        const { value, provenance } = await job.llm.ask(answerAsk(probe, temperature));
        const { persona, prompt } = probe;
        return value === null
          ? null
          : { persona: persona.id, prompt, answer: value, _synthetic: true, provenance };
      });
      const rows = made.filter((row) => row !== null);
      return {
        files: [{ path: answersFile, content: jsonLines(rows) }],
        counts: { answers: rows.length, personas: probes.personas.length, prompts: probes.prompts.length },
        findings: [],
        missing: 0, // an answer that did not come stands among the findings and in the counts
      };
    },
  };
}

function answerAsk({ persona, prompt, promptIndex, messages }: Probe, temperature: number): Ask<string> {
  const cell = `${persona.id}/${promptIndex}`;
  return {
    cell,
    messages,
    temperature,
    maxTokens: answerTokens,
    schema: null,
    accept(answer) {
      const text = typeof answer === 'string' ? answer.trim() : '';
      if (text !== '') return { value: text };
      return {
        findings: [{ code: 'answer-empty', severity: 'error', place: cell, message: 'the answer is empty' }],
      };
    },
    template: (random) => plainAnswer(prompt, random),
  };
}

/** Offline every persona speaks alike, so that an evaluation of the template provider comes out at chance. */
function plainAnswer(prompt: string, random: () => number): string {
  const pick = (texts: readonly string[]): string => texts[Math.floor(random() * texts.length)] ?? '';
  return `${pick(openings)} ${pick(middles)} That holds for "${prompt.slice(0, 60)}" too.`;
}

const openings = [
  'There are several sides to this.',
  'It depends on what you need.',
  'Here is one way to see it.',
];
const middles = [
  'Begin with what is known and look at the rest afterwards.',
  'Most of it follows from the first decision.',
  'The details matter less than the order.',
  'A small example shows the point best.',
];
