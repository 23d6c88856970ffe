import type { Finding } from '../../core/finding.ts';
import { createRedactor } from '../../lib/pii/redactor.ts';
import { fitInput } from '../../lora/fit-row.ts';
import { type LoraMode, modeSettings } from '../../lora/lora-mode.ts';
import type { Candidate, CountTokens } from '../../lora/lora-row.ts';
import { isPlaceholder } from '../../lora/placeholders.ts';
import { reasonWords } from '../../lora/preparation-findings.ts';
import { drawKey } from '../../lora/split-conversations.ts';
import { chooseSystemPrompt, type PromptLevel } from '../../lora/system-prompt.ts';
import type { Maker } from '../make/maker.ts';
import { textOf, readJsonLines } from './read-json-lines.ts';
import { allExchanges, type LoraSource } from './lora-source.ts';
import { replyAsk, type ReplyCell } from './reply-ask.ts';
import { jsonLines } from '../../lib/json-lines.ts';

/** File that the maker leaves in its folder. */
export const repliesFile = 'replies.jsonl';

/**
 * Asks a model for a persona's replies to what a source holds: at most as many as the mode takes rows, drawn by hash, redacted
 * before anything is sent.
 */
export function repliesMaker(params: {
  readonly source: LoraSource;
  readonly name: string;
  readonly mode: LoraMode;
  readonly level: PromptLevel | null;
  readonly count: CountTokens;
}): Maker {
  const { source, name, mode, level } = params;
  const settings = modeSettings[mode];
  return {
    name: 'replies',
    options: { persona: name, mode, level, ...source.selection },
    async make(job) {
      const { candidates, unreadable } = await source.read('endpoint', settings.rows, job.signal);
      const cells = chooseCells(candidates, params, job.seed);
      const made = await job.each(cells, async (cell) => {
        const { value, provenance } = await job.llm.ask(replyAsk(cell, settings.outputTokens));
        const { id, conversation, system, user } = cell;
        return value === null
          ? null
          : { id, conversation_id: conversation, system, user, text: value, provenance };
      });
      const rows = made.filter((row) => row !== null);
      return {
        files: [{ path: repliesFile, content: jsonLines(rows) }],
        counts: { replies: rows.length },
        findings: unreadable > 0 ? [unreadableFinding(name, unreadable)] : [],
        missing: 0, // a reply that no attempt gave is a row less, and stands among the findings
      };
    },
  };
}

function unreadableFinding(name: string, count: number): Finding {
  const message = `${count} left out: ${reasonWords['unreadable'] ?? ''}`;
  return { code: 'unreadable', severity: 'warning', place: name, message };
}

function chooseCells(
  candidates: readonly Candidate[],
  params: Parameters<typeof repliesMaker>[0],
  seed: number,
): ReplyCell[] {
  const { source, name, level, count } = params;
  const settings = modeSettings[params.mode];
  const shared = candidates.some(({ system }) => system === undefined)
    ? chooseSystemPrompt(name, source.prompts, { level, settings, count }).text
    : '';
  const redactors = new Map<string, ReturnType<typeof createRedactor>>();
  const cells = new Map<string, ReplyCell>();
  for (const { id, conversation, user, system = shared } of candidates) {
    if (user.trim() === '' || isPlaceholder(user)) continue;
    const redactor = redactors.get(conversation) ?? createRedactor();
    redactors.set(conversation, redactor);
    const prompt = createRedactor().redact(system).text;
    const asked = redactor.redact(user.trim()).text;
    // room for the longest reply is kept free
    const room = {
      ...settings,
      inputTokens: Math.min(settings.inputTokens, settings.sequenceTokens - settings.outputTokens),
    };
    const fitted = fitInput({ user: asked, assistant: '', systemTokens: count(prompt) }, room, count);
    if ('user' in fitted) cells.set(id, { id, conversation, system: prompt, user: fitted.user });
  }
  const keyed = [...cells.values()].map((cell) => ({ cell, key: drawKey(`${seed} ${cell.id}`) }));
  return keyed
    .toSorted((a, b) => (a.key < b.key ? -1 : 1))
    .slice(0, settings.rows)
    .map(({ cell }) => cell);
}

/** The source with the replies that a model gave: its rows are marked with where they come from. */
export function answeredSource(source: LoraSource, path: string): LoraSource {
  return {
    ...source,
    inputs: [path],
    async read() {
      const candidates: Candidate[] = [];
      for await (const record of readJsonLines(path)) {
        const { provenance } = record;
        candidates.push({
          id: textOf(record, 'id'),
          conversation: textOf(record, 'conversation_id'),
          system: textOf(record, 'system'),
          user: textOf(record, 'user'),
          assistant: textOf(record, 'text'),
          provenance: typeof provenance === 'object' && provenance !== null ? { ...provenance } : {},
        });
      }
      return allExchanges(candidates);
    },
  };
}
