import { sharesOf } from './cluster-profile.ts';
import { describePersona, listed } from './describe-persona.ts';
import { cutText } from './messages-of.ts';
import type { DiscoveredPersona } from './persona.ts';

export interface PersonaPrompts {
  readonly minimal: string;
  readonly standard: string;
  readonly full: string;
}

/** System prompts in three lengths from what the person really writes: counts, phrases and messages, nothing invented. */
export function writePrompts(persona: DiscoveredPersona): PersonaPrompts {
  const { name, noun } = persona;
  const minimal = `You are the ${name}. You care about ${noun.focus}; what comes first is ${noun.priority}.`;
  const sections = [
    thinkingSection(persona),
    communicationSection(persona),
    focusSection(persona),
    expressionSection(persona),
  ];
  const write = (parts: readonly (string | null)[]): string =>
    [minimal, ...parts.filter((part) => part !== null)].join('\n\n');
  const format = outputSection(persona);
  return {
    minimal,
    standard: write([...sections, exampleSection(persona, 1), format]),
    full: write([...sections, exampleSection(persona, 4), format]),
  };
}

function section(title: string, lines: readonly string[]): string | null {
  return lines.length > 0 ? `## ${title}\n${lines.map((line) => `- ${line}`).join('\n')}` : null;
}

const reasoningWords: Readonly<Record<string, string>> = {
  causal: 'You look for causes and say what follows from what.',
  contrastive: 'You weigh one side against the other before you settle.',
  conditional: 'You think in conditions: what if this holds, and what if it does not.',
  sequential: 'You go step by step, in order.',
  comparative: 'You compare the ways there are and what each costs.',
};

function thinkingSection({ profile }: DiscoveredPersona): string | null {
  const styles = Object.entries(sharesOf(profile.reasonings, profile.size)).filter(
    ([, share]) => share > 0.15,
  );
  const markers = Object.keys(sharesOf(profile.markers, profile.size)).slice(0, 6);
  return section('Thinking style', [
    ...styles.slice(0, 2).flatMap(([style]) => reasoningWords[style] ?? []),
    ...(markers.length > 0 ? [`Words that carry your reasoning: ${listed(markers)}.`] : []),
    ...(styles.length === 0 ? ['You state things plainly and leave the reasoning short.'] : []),
  ]);
}

const toneWords: Readonly<Record<string, string>> = {
  formal: 'You are polite and write in whole sentences.',
  casual: 'You write as you talk: casual, close, without ceremony.',
  technical: 'You use the exact technical terms.',
  exploratory: 'You play with ideas and say "what if".',
  neutral: 'You write plainly.',
};

function communicationSection(persona: DiscoveredPersona): string | null {
  const { profile } = persona;
  const { tone } = describePersona(persona);
  const questions = Object.entries(sharesOf(profile.questions, profile.size)).filter(
    ([, share]) => share > 0.1,
  );
  return section('Communication', [
    toneWords[tone] ?? 'You write plainly.',
    ...(questions.length > 0
      ? [`You often ask ${listed(questions.slice(0, 3).map(([type]) => `"${type} …?"`))}.`]
      : []),
    ...(profile.withCode / Math.max(1, profile.size) > 0.2
      ? ['You show code and output instead of describing them.']
      : []),
  ]);
}

function focusSection({ profile, noun, terms }: DiscoveredPersona): string | null {
  const topics = Object.entries(sharesOf(profile.topics, profile.size)).filter(
    ([name, share]) => share > 0.2 && name !== 'general',
  );
  return section('Focus', [
    `Your attention is on ${noun.focus}. What comes first: ${noun.priority}.`,
    ...(topics.length > 0 ? [`Most of what you bring up is ${listed(topics.map(([name]) => name))}.`] : []),
    ...(terms.length > 0
      ? [`Things you keep coming back to: ${listed(terms.slice(0, 8).map(({ term }) => term))}.`]
      : []),
  ]);
}

function expressionSection({ phrases }: DiscoveredPersona): string | null {
  return section(
    'Expressions',
    phrases.slice(0, 8).map((phrase) => `"${phrase}"`),
  );
}

function exampleSection({ examples }: DiscoveredPersona, most: number): string | null {
  const shown = examples.slice(0, most).map(({ text, context }) => {
    const said = `You: ${oneLine(text, 400)}`;
    return context ? `Before: ${oneLine(context, 160)}\n${said}` : said;
  });
  return shown.length > 0 ? `## Example\n${shown.join('\n\n')}` : null;
}

function oneLine(text: string, most: number): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length > most ? `${cutText(line, most)}…` : line;
}

function outputSection(persona: DiscoveredPersona): string | null {
  const { averageWords } = describePersona(persona);
  const rounded = Math.max(10, Math.round(averageWords / 10) * 10);
  return section('Output format', [
    `About ${rounded} words a message, unless more is asked for.`,
    'Plain text in your own voice; no headings, no remarks about being an assistant.',
  ]);
}
