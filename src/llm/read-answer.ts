import { jsonrepair } from 'jsonrepair';

import type { Finding } from '../core/finding.ts';
import type { Acceptance, Ask } from './ask.ts';
import type { Completion } from './provider.ts';

/**
 * What an ask says to a completion. Never throws: refusals, cut-off, empty and unreadable answers are findings
 * (`llm-refusal`, `llm-length`, `llm-empty`, `llm-prose`, `llm-json-invalid`); repaired JSON is a warning (`llm-json-repaired`).
 */
export function readAnswer<T>(ask: Ask<T>, completion: Completion): Acceptance<T> {
  const reject = (code: string, message: string): Acceptance<T> => ({
    findings: [{ code, severity: 'error', place: ask.cell, message }],
  });
  const { finish } = completion;
  const text = completion.text.replace(thoughts, '');
  if (finish === 'refusal') return reject('llm-refusal', `the model refused: ${quote(text)}`);
  if (finish === 'length') {
    return reject('llm-length', `the answer was cut off at its token limit: …${quote(text.slice(-80))}`);
  }
  if (text.trim() === '') return reject('llm-empty', 'the answer was empty');
  if (!ask.schema) return ask.accept(text.trim());
  const parsed = readJson(text);
  if (parsed === undefined) {
    if (refusalWords.test(text)) return reject('llm-refusal', `the model refused: ${quote(text)}`);
    return text.includes('{') || text.includes('[')
      ? reject('llm-json-invalid', `the answer is not valid JSON: ${quote(text)}`)
      : reject('llm-prose', `the answer is prose where JSON was asked for: ${quote(text)}`);
  }
  const acceptance = ask.accept(parsed.value);
  if (!parsed.repaired || !('value' in acceptance)) return acceptance;
  return { value: acceptance.value, findings: [...(acceptance.findings ?? []), repairedFinding(ask.cell)] };
}

/** Models that reason put it before the answer where the server does not take it out. */
const thoughts = /^\s*<think(?:ing)?>[\s\S]*?<\/think(?:ing)?>/i;

/** How English-speaking assistants begin to decline; only asked where JSON was wanted and prose came. */
const refusalWords =
  /^\W*(?:i['’]?m sorry|sorry,|i am sorry|i can(?:no|['’])t|i(?:['’]m| am) (?:not able|unable))/i;

function repairedFinding(place: string): Finding {
  return {
    code: 'llm-json-repaired',
    severity: 'warning',
    place,
    message: 'the answer was not valid JSON and was repaired',
  };
}

/** Plain JSON, a fenced block, or the outermost braces; what still does not parse is repaired. Objects and lists only. */
function readJson(text: string): { value: unknown; repaired: boolean } | undefined {
  const plain = parse(text);
  if (plain !== undefined) return { value: plain, repaired: false };
  const body = jsonPart(text);
  if (body === undefined) return undefined;
  const inner = parse(body);
  if (inner !== undefined) return { value: inner, repaired: false };
  try {
    const value = parse(jsonrepair(body));
    return value === undefined ? undefined : { value, repaired: true };
  } catch {
    return undefined;
  }
}

function jsonPart(text: string): string | undefined {
  const fenced = /```(?:json)?\s*\n([\s\S]*?)(?:```|$)/i.exec(text)?.[1] ?? text;
  const start = fenced.search(/[{[]/);
  if (start < 0) return undefined;
  const end = Math.max(fenced.lastIndexOf('}'), fenced.lastIndexOf(']'));
  return end > start ? fenced.slice(start, end + 1) : fenced.slice(start);
}

function parse(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

function quote(text: string): string {
  const line = text.trim().replaceAll(/\s+/g, ' ');
  return JSON.stringify(line.length > 120 ? `${line.slice(0, 119)}…` : line);
}
