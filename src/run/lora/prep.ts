import { rm } from 'node:fs/promises';
import { join } from 'node:path';

import { ValidationError } from '../../core/errors.ts';
import type { Finding } from '../../core/finding.ts';
import { writeFileAtomic } from '../../lib/atomic-file.ts';
import { canonicalJson } from '../../lib/canonical-json.ts';
import { type LoraMode, modeSettings } from '../../lora/lora-mode.ts';
import type { LoraTarget } from '../../lora/lora-row.ts';
import { preparationFindings, reasonWords } from '../../lora/preparation-findings.ts';
import { type Preparation, prepareRows, type PreparedRow } from '../../lora/prepare-rows.ts';
import { chooseSystemPrompt, type PromptLevel } from '../../lora/system-prompt.ts';
import { checkDone, type DoneOutput, fileSha256, stepKey, type StepKey, writeDone } from '../checkpoint.ts';
import { jsonLines } from '../../lib/json-lines.ts';
import type { LoraSource } from './lora-source.ts';
import type { TextCounter } from './text-counter.ts';

export interface PrepParams {
  readonly source: LoraSource;
  /** Stem of the files. */
  readonly name: string;
  readonly target: LoraTarget;
  readonly mode: LoraMode;
  /** null: the richest prompt that fits. */
  readonly level: PromptLevel | null;
  readonly counter: TextCounter;
  readonly seed: number;
  readonly out: string;
  readonly toolVersion: string;
}

/** `<name>.json`: what was asked for and what came of it. */
export interface PrepSummary {
  readonly schema: 'lora-data/1';
  readonly name: string;
  readonly target: LoraTarget;
  readonly mode: LoraMode;
  readonly system_level: PromptLevel | null;
  readonly tokenizer: string;
  readonly seed: number;
  /** Workers get adapters; whoever joins their answers stays as it is. */
  readonly serve_as: 'worker';
  readonly train_rows: number;
  readonly validation_rows: number;
  readonly counts: Preparation['counts'];
}

export interface PrepResult {
  readonly summary: PrepSummary;
  readonly findings: readonly Finding[];
  readonly out: string;
  /** The files were there already, made from the same input in the same way. */
  readonly reused: boolean;
}

/**
 * Writes `<name>_train.jsonl`, `<name>_val.jsonl`, `<name>_index.jsonl` (which record a line comes from), `<name>_findings.jsonl`
 * and `<name>.json`, all or none of them. Equal input and options give equal bytes; started again nothing is done twice.
 * @throws ConfigError, ValidationError `no-rows`, and what reading the source throws
 */
export async function prepareLora(params: PrepParams, signal?: AbortSignal): Promise<PrepResult> {
  const { name, source, out } = params;
  const key = await keyOf(params);
  const marker = join(out, 'state', `${name}.done`);
  const known = await checkDone<Pick<PrepResult, 'summary' | 'findings'>>(marker, key, out);
  if ('done' in known) return { ...known.done.counts, out, reused: true };
  const started = performance.now();
  const settings = modeSettings[params.mode];
  const { count } = params.counter;
  const found = await source.read(params.target, settings.rows, signal);
  const needsPrompt = found.candidates.some(({ system }) => system === undefined);
  const system = needsPrompt
    ? chooseSystemPrompt(name, source.prompts, { level: params.level, settings, count })
    : null;
  const { target, seed } = params;
  const prepared = prepareRows(found, { target, system: system?.text ?? '', settings, count, seed });
  if (prepared.train.length === 0) throw nothingLeft(params, prepared);
  const findings = preparationFindings(name, prepared);
  const summary = summarise(params, prepared, system?.level ?? null);
  // a folder with a summary is whole: an earlier one goes before the first new file
  await rm(join(out, `${name}.json`), { force: true });
  const outputs = await writeFiles({ out, name, prepared, findings, summary });
  await writeDone(marker, key, { outputs, counts: { summary, findings }, ms: performance.now() - started });
  return { summary, findings, out, reused: false };
}

async function keyOf({
  source,
  counter,
  name,
  target,
  mode,
  level,
  seed,
  toolVersion,
}: PrepParams): Promise<StepKey> {
  const inputs = await Promise.all(source.inputs.map(async (path) => (await fileSha256(path)).sha256));
  const asked = { name, target, mode, level, seed, prompts: source.prompts, selection: source.selection };
  return stepKey({ inputs, options: asked, tokenizer: counter.identity, 'tool version': toolVersion });
}

function nothingLeft({ name, target }: PrepParams, { counts }: Preparation): ValidationError {
  const reasons = Object.entries(counts.left_out).map(
    ([reason, count]) => `${count} ${reasonWords[reason] ?? reason}`,
  );
  const why = counts.candidates === 0 ? 'there is no message of it' : reasons.join('; ');
  return new ValidationError(`${name}: no row for --target ${target}: ${why}`, {
    code: 'no-rows',
    hint: 'nothing was written; another --target or --mode may have rows',
  });
}

function summarise(params: PrepParams, prepared: Preparation, level: PromptLevel | null): PrepSummary {
  const { name, target, mode, counter, seed } = params;
  return {
    schema: 'lora-data/1',
    name,
    target,
    mode,
    system_level: level,
    tokenizer: counter.name,
    seed,
    serve_as: 'worker',
    train_rows: prepared.train.length,
    validation_rows: prepared.validation.length,
    counts: prepared.counts,
  };
}

async function writeFiles(params: {
  readonly out: string;
  readonly name: string;
  readonly prepared: Preparation;
  readonly findings: readonly Finding[];
  readonly summary: PrepSummary;
}): Promise<DoneOutput[]> {
  const { out, name, prepared, findings, summary } = params;
  const { train, validation } = prepared;
  const files: readonly (readonly [string, string])[] = [
    [`${name}_train.jsonl`, jsonLines(train.map(({ row }) => row))],
    [`${name}_val.jsonl`, jsonLines(validation.map(({ row }) => row))],
    [`${name}_index.jsonl`, jsonLines([...indexOf('train', train), ...indexOf('validation', validation)])],
    [`${name}_findings.jsonl`, jsonLines(findings)],
    [`${name}.json`, canonicalJson(summary)],
  ];
  const outputs: DoneOutput[] = [];
  for (const [path, text] of files) {
    await writeFileAtomic(join(out, path), text);
    outputs.push({ path, ...(await fileSha256(join(out, path))) });
  }
  return outputs;
}

function indexOf(split: string, rows: readonly PreparedRow[]): Record<string, unknown>[] {
  return rows.map(({ id, conversation }, index) => ({
    split,
    line: index + 1,
    id,
    conversation_id: conversation,
  }));
}
