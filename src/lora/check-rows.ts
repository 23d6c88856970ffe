import type { Finding } from '../core/finding.ts';
import { findPii } from '../lib/pii/find-pii.ts';
import { templateTokens } from './fit-row.ts';
import type { CountTokens } from './lora-row.ts';
import { findTemplateMark, isPlaceholder } from './placeholders.ts';
import { leakageCharacters, normalise } from './prepare-rows.ts';

export interface TrainingFile {
  /** As findings name it: `architect_train.jsonl`. */
  readonly name: string;
  /** `architect`: training and validation of one set leak into each other, different sets do not. */
  readonly set: string;
  readonly split: 'train' | 'validation';
  /** Parsed lines; null: no JSON. */
  readonly lines: readonly unknown[];
}

/**
 * Checks training files as a trainer would meet them: form and roles, placeholders, marks of chat templates, personal data,
 * length of a row, duplicates, texts on both sides of the split. Findings come in the order of the files; none holds a text.
 */
export function checkRows(
  files: readonly TrainingFile[],
  params: { readonly sequenceTokens: number; readonly count: CountTokens },
): Finding[] {
  const findings: Finding[] = [];
  const trained = new Map<string, string>();
  const ordered = files.toSorted((a, b) => rank(a) - rank(b) || (a.name < b.name ? -1 : 1));
  for (const file of ordered) {
    if (file.lines.length === 0) {
      findings.push({
        code: 'file-empty',
        severity: file.split === 'train' ? 'error' : 'warning',
        place: file.name,
        message: 'no row in it',
      });
    }
    findings.push(...checkFile(file, params, trained));
  }
  return findings;
}

function rank({ split }: TrainingFile): number {
  return split === 'train' ? 0 : 1;
}

function checkFile(
  file: TrainingFile,
  params: { readonly sequenceTokens: number; readonly count: CountTokens },
  trained: Map<string, string>,
): Finding[] {
  const seen = new Map<string, string>();
  return file.lines.flatMap((line, index) => {
    const place = `${file.name} line ${index + 1}`;
    const turns = readTurns(line);
    if (typeof turns === 'string')
      return [{ code: 'row-invalid', severity: 'error' as const, place, message: turns }];
    return [
      ...checkTurns(turns, place),
      ...checkLength(turns, place, params),
      ...checkCopies(turns, place, seen),
      ...checkLeakage(file, turns, place, trained),
    ];
  });
}

interface Turn {
  readonly role: string;
  readonly content: string;
}

/** The turns of a line, or what is wrong with its form. */
function readTurns(line: unknown): Turn[] | string {
  if (line === null || typeof line !== 'object') return 'the line is no JSON object';
  const messages: unknown = 'messages' in line ? line.messages : undefined;
  if (!Array.isArray(messages) || messages.length === 0) return '"messages" is no list of turns';
  const turns: Turn[] = [];
  for (const [index, message] of (messages as unknown[]).entries()) {
    if (typeof message !== 'object' || message === null || !('role' in message) || !('content' in message))
      return `turn ${index + 1} has no role and content`;
    const { role, content } = message;
    if (typeof role !== 'string' || typeof content !== 'string')
      return `turn ${index + 1}: role and content must be text`;
    turns.push({ role, content });
  }
  return orderFault(turns) ?? turns;
}

/** An optional system turn, then user and assistant in turns, the assistant last. */
function orderFault(turns: readonly Turn[]): string | null {
  const spoken = turns[0]?.role === 'system' ? turns.slice(1) : turns;
  const wrong = spoken.findIndex(({ role }, i) => role !== (i % 2 === 0 ? 'user' : 'assistant'));
  if (wrong >= 0) {
    const wanted = wrong % 2 === 0 ? 'user' : 'assistant';
    return `turn ${wrong + 1 + turns.length - spoken.length} has the role "${spoken[wrong]?.role ?? ''}"; "${wanted}" must stand there`;
  }
  if (spoken.length === 0 || spoken.length % 2 === 1)
    return "the last turn is not the assistant's: there is nothing to train";
  return null;
}

function checkTurns(turns: readonly Turn[], place: string): Finding[] {
  return turns.flatMap(({ role, content }, index) => {
    const at = `${place} turn ${index + 1}`;
    const findings: Finding[] = [];
    const error = (code: string, message: string): void =>
      void findings.push({ code, severity: 'error', place: at, message });
    if (content.trim() === '') error('turn-empty', `the ${role} turn is empty`);
    else if (role === 'assistant' && isPlaceholder(content))
      error('placeholder', 'the reply is a placeholder, nobody wrote it');
    const mark = findTemplateMark(content);
    if (mark !== null)
      error('template-token', `the ${role} turn holds ${mark}, which chat templates end turns with`);
    const kinds = [...new Set(findPii(content).map(({ kind }) => kind))];
    for (const kind of kinds) error(`pii-${kind}`, `the ${role} turn holds personal data: ${kind}`);
    return findings;
  });
}

function checkLength(
  turns: readonly Turn[],
  place: string,
  { sequenceTokens, count }: { readonly sequenceTokens: number; readonly count: CountTokens },
): Finding[] {
  const tokens = turns.reduce((sum, { content }) => sum + count(content), templateTokens);
  if (tokens <= sequenceTokens) return [];
  const message = `${tokens} tokens with the chat template; the trainer cuts the reply after ${sequenceTokens}`;
  return [{ code: 'row-too-long', severity: 'error', place, message }];
}

function checkCopies(turns: readonly Turn[], place: string, seen: Map<string, string>): Finding[] {
  const key = turns
    .filter(({ role }) => role !== 'system')
    .map(({ content }) => normalise(content))
    .join('\n');
  const first = seen.get(key);
  if (first === undefined) {
    seen.set(key, place);
    return [];
  }
  return [{ code: 'duplicate', severity: 'warning', place, message: `the same exchange as ${first}` }];
}

function checkLeakage(
  { set, split }: TrainingFile,
  turns: readonly Turn[],
  place: string,
  trained: Map<string, string>,
): Finding[] {
  const texts = turns
    .filter(({ role }) => role !== 'system')
    .map(({ role, content }) => ({ role, text: normalise(content) }))
    .filter(({ role, text }) => `${role} ${text}`.length >= leakageCharacters)
    .map(({ role, text }) => ({ role, key: `${set} ${role} ${text}` }));
  if (split === 'train') {
    for (const { key } of texts) if (!trained.has(key)) trained.set(key, place);
    return [];
  }
  const leak = texts.find(({ key }) => trained.has(key));
  if (!leak) return [];
  const message = `the ${leak.role} turn stands in training too, at ${trained.get(leak.key) ?? ''}`;
  return [{ code: 'validation-leak', severity: 'error', place, message }];
}
