import type { Message, Row } from '../../core/row.ts';
import type { TaggerInfo } from '../../core/tagger.ts';
import { abstainPersona } from '../../core/taxonomy.ts';
import { compileControlToken, type ControlToken } from '../../shard/control-token.ts';
import { RowEncoder } from '../../tag/encode.ts';
import { bestLabel, compileTraitDecision } from '../../tag/decide.ts';
import type { TagKit } from '../../tag/tag-unit.ts';
import type { UnitLooks } from './look-step.ts';
import { compileCorrection } from '../../fit/correction.ts';
import type { UnitCascade } from './cascade-tasks.ts';
import { correctedId } from './corrected-tagger.ts';
import { createExplainer, type ExplainedRow, keepExample } from './tag-explain.ts';

export interface TagCountsByName {
  readonly personas: Record<string, number>;
  readonly traits: Record<string, number>;
  /** Rows by the persona tagger that judged them. */
  readonly taggers: Record<string, number>;
  /** The first rows, where reasons are asked for. */
  readonly examples: ExplainedRow[];
}

export interface TagOptions {
  /** Overrides the tagger's own thresholds. */
  readonly threshold: number | null;
  /** Adds `_why` and `_why_for` to the rows: slow, and for taggers that can. */
  readonly explain: boolean;
}

/** A row, the record it was read from, and which look of the accurate tier is of it, where one is. */
export interface RowRecord {
  readonly row: Row;
  readonly record: unknown;
  readonly look?: number | undefined;
}

/** A record with its tags, as `tag` writes it. */
export type TaggedRecord = Readonly<Record<string, unknown>>;

/**
 * Returns a function that tags rows into records: `instruction` (with the control token), `input`, `output`, every other field
 * of the record, and `_persona, _persona_score, _tagged_by, _traits, _trait_scores`; counts go into `counts`. Tagging a tagged record again
 * changes nothing.
 * @throws ConfigError `explain-unsupported`
 */
export function createRecordTagger(
  kit: TagKit,
  options: TagOptions,
  counts: TagCountsByName,
  cascade: UnitCascade | null = null,
): (rows: readonly RowRecord[]) => Promise<TaggedRecord[]> {
  const { labels, thresholds } = kit.traits.info;
  const encoder = new RowEncoder();
  const token = compileControlToken('<persona:{persona_name}>', kit.taxonomy.personas);
  const explain = options.explain ? createExplainer(kit.persona) : undefined;
  const decide = compileTraitDecision(kit.taxonomy, labels, thresholds);
  const judge = createJudge(kit.persona.info, options.threshold, cascade);
  return async (rows) => {
    const { text, outputChars } = encoder.encode(rows.map(({ row }) => row));
    const { scores: personas, heads } = await kit.persona.tag(text);
    const { scores: traits } = await kit.traits.tag(text, heads);
    const best = rows.map(({ look }, i) => judge(look, personas, i, (outputChars[i] ?? 0) > 0));
    const reasons = await explain?.(
      text,
      best.map(({ label }) => label),
    );
    return rows.map((row, i) => {
      const { persona, score, tagger } = best[i] ?? { persona: abstainPersona, score: 0, tagger: '' };
      const [own, at] = row.look === undefined ? [traits, i] : [cascade?.looks?.traits ?? traits, row.look];
      const traitScores = own.subarray(at * labels.length, (at + 1) * labels.length);
      const mask = decide(traitScores, 0);
      const held = kit.taxonomy.traits.flatMap((trait, bit) => (mask & (1 << bit) ? [trait.id] : []));
      const scores = held.map((trait) => round(traitScores[labels.indexOf(trait)] ?? 0));
      counts.personas[persona] = (counts.personas[persona] ?? 0) + 1;
      counts.taggers[tagger] = (counts.taggers[tagger] ?? 0) + 1;
      for (const trait of held) counts.traits[trait] = (counts.traits[trait] ?? 0) + 1;
      const tags = {
        _persona: persona,
        _persona_score: round(score),
        _tagged_by: tagger,
        _traits: held,
        _trait_scores: scores,
      };
      const why = reasons?.[i];
      if (why)
        keepExample(counts.examples, {
          text:
            (row.row.messages.findLast(({ role }) => role === 'user') ?? row.row.messages[0])?.content ?? '',
          persona,
          score: tags._persona_score,
          reasons: why,
        });
      return { ...instructionFields(row, persona, token), ...tags, ...why };
    });
  };
}

/** The record's own fields, and instruction, input and output: its own where it has them, else the last turn and what led to it. */
function instructionFields(
  { row, record }: RowRecord,
  persona: string,
  token: ControlToken,
): Record<string, unknown> {
  const own: Record<string, unknown> =
    typeof record === 'object' && record !== null && !Array.isArray(record) ? { ...record } : {};
  // Reasons of an earlier tagging are none of this one.
  delete own['_why'];
  delete own['_why_for'];
  const outputAt = row.messages.findLastIndex((message) => message.role === 'assistant');
  const before = outputAt < 0 ? row.messages : row.messages.slice(0, outputAt);
  const instructionAt = before.findLastIndex((message) => message.role === 'user');
  const context = before
    .filter((_, at) => at !== instructionAt)
    .map((message) => `${speakers[message.role]}: ${textOf(message)}`);
  const fromMessages = {
    instruction: before[instructionAt]?.content ?? '',
    input: context.join('\n'),
    output: textOf(row.messages[outputAt]),
  };
  if (typeof own['instruction'] === 'string') {
    const columns = { instruction: '', input: '', output: fromMessages.output };
    return { ...columns, ...own, instruction: withToken(own['instruction'], persona, token) };
  }
  return { ...fromMessages, ...own, instruction: withToken(fromMessages.instruction, persona, token) };
}

/** Content and tool calls, these as JSON on lines of their own. */
function textOf(message: Message | undefined): string {
  const calls = message?.toolCalls?.map(
    (call) => `{"name":${JSON.stringify(call.name)},"arguments":${call.arguments}}`,
  );
  return [message?.content ?? '', ...(calls ?? [])].filter((part) => part !== '').join('\n');
}

const speakers: Readonly<Record<Message['role'], string>> = {
  system: 'System',
  user: 'User',
  assistant: 'Assistant',
  tool: 'Tool',
};

function withToken(instruction: string, persona: string, token: ControlToken): string {
  const [message] = token.apply([{ role: 'user', content: instruction }], {
    persona,
    mode: 'prefix',
    dropped: false,
  });
  return message?.content ?? instruction;
}

interface BestPersona {
  /** Final persona: the reject class where the best is not sure enough. */
  readonly persona: string;
  /** Best label before that, and its probability. */
  readonly label: number;
  readonly score: number;
  /** Id of the tagger that says so. */
  readonly tagger: string;
}

/** Returns what decides a row: the accurate tier where it was asked, else the fast one, corrected where it may be. */
function createJudge(
  info: TaggerInfo,
  threshold: number | null,
  cascade: UnitCascade | null,
): (look: number | undefined, scores: Float32Array, row: number, hasOutput: boolean) => BestPersona {
  const limits = threshold === null ? info.thresholds : info.thresholds.map(() => threshold);
  const correct = cascade?.correction && compileCorrection(cascade.correction);
  const corrected = { ...info, id: cascade ? correctedId(info.id, cascade.accurate.id) : info.id };
  return (look, scores, row, hasOutput) => {
    if (look !== undefined && cascade?.looks) return accurateBest(cascade.looks, look, cascade.accurate);
    const { length } = info.labels;
    // As in a run, only rows that could have been lessons.
    const isCorrected = hasOutput && correct;
    if (isCorrected) correct(scores.subarray(row * length, (row + 1) * length));
    return nameOf(bestLabel(scores, row, limits), isCorrected ? corrected : info);
  };
}

function accurateBest(looks: UnitLooks, look: number, accurate: TaggerInfo): BestPersona {
  const found = {
    label: looks.label[look] ?? 0,
    score: looks.score[look] ?? 0,
    isSure: looks.isSure[look] === 1,
  };
  // Of the accurate tier's labels: reasons and a cascade are refused together.
  return nameOf(found, accurate);
}

function nameOf(
  { label, score, isSure }: ReturnType<typeof bestLabel>,
  { id, labels }: TaggerInfo,
): BestPersona {
  return { persona: isSure ? (labels[label] ?? abstainPersona) : abstainPersona, label, score, tagger: id };
}

function round(score: number): number {
  return Math.round(score * 1e4) / 1e4;
}
