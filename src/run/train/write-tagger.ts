import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';

import type { EncoderFolder } from '../../core/tagger.ts';
import { temporaryBeside, writeFileAtomic } from '../../lib/atomic-file.ts';
import { appendHead, type LinearHead } from '../../onnx/append-head.ts';
import { openSession } from '../../onnx/session.ts';
import type { EncoderProvenance } from './encoder-provenance.ts';
import { checkTaggerTarget, madeByTrain } from './tagger-target.ts';
import { taggerReadme } from './tagger-readme.ts';
import type { TrainingResult } from './training-result.ts';

/**
 * Writes a tagger folder that is complete in itself: the encoder's graph with the head appended, its tokenizer, `tagger.json` and a
 * README. Written beside the target and renamed, after the model was loaded once: a broken one never appears.
 * @throws ConfigError `onnx-not-extendable`, `onnx-corrupt`, and what `checkTaggerTarget` throws
 */
export async function writeTagger(params: {
  readonly result: TrainingResult;
  readonly encoder: EncoderFolder;
  readonly provenance: EncoderProvenance;
  readonly head: LinearHead;
  readonly toolVersion: string;
  /** Name of the labelled file or folder. */
  readonly data: string;
}): Promise<void> {
  const { result, encoder, head } = params;
  const target = resolve(result.out);
  const temporary = temporaryBeside(target);
  await mkdir(temporary, { recursive: true });
  try {
    const names = { path: encoder.model, embedding: encoder.embedding, logits: 'logits' };
    const files = {
      'model.onnx': appendHead(await readFile(encoder.model), head, names),
      'tokenizer.json': await readFile(encoder.tokenizer),
    };
    for (const [name, bytes] of Object.entries(files)) await writeFileAtomic(join(temporary, name), bytes);
    await tryModel(join(temporary, 'model.onnx'), head.bias.length);
    const hashes = Object.fromEntries(
      Object.entries(files).map(([name, bytes]) => [name, createHash('sha256').update(bytes).digest('hex')]),
    );
    const json = taggerJson(params, hashes);
    await writeFileAtomic(join(temporary, 'tagger.json'), `${JSON.stringify(json, null, 2)}\n`);
    await writeFileAtomic(join(temporary, 'README.md'), taggerReadme(result, params.data));
    // Hours may have passed since it was looked at.
    await checkTaggerTarget(result.out);
    await replaceFolder(target, temporary);
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

/** The old folder is put aside, not removed, until the new one stands in its place. */
async function replaceFolder(target: string, made: string): Promise<void> {
  if (!existsSync(target)) return rename(made, target);
  const aside = temporaryBeside(target);
  await rename(target, aside);
  try {
    await rename(made, target);
  } catch (error) {
    await rename(aside, target);
    throw error;
  }
  await rm(aside, { recursive: true });
}

async function tryModel(path: string, classes: number): Promise<void> {
  await using _session = await openSession(path, {
    inputs: ['input_ids', 'attention_mask'],
    optionalInputs: ['token_type_ids'],
    output: 'logits',
    outputWidth: classes,
  });
}

function taggerJson(
  { result, encoder, provenance, toolVersion, data }: Parameters<typeof writeTagger>[0],
  files: Readonly<Record<string, string>>,
): unknown {
  const { evaluation } = result;
  return {
    kind: 'text-classifier',
    id: result.id,
    task: 'persona',
    version: 1,
    labels: Object.keys(result.thresholds),
    model: 'model.onnx',
    tokenizer: 'tokenizer.json',
    output: 'logits',
    activation: 'softmax',
    maximumTokens: encoder.maximumTokens,
    copyMark: encoder.copyMark,
    files,
    calibration: { method: 'temperature', temperature: result.temperature, folded: true },
    threshold: result.thresholds,
    licence: `encoder: ${provenance.licence}; head: as the licence of the labelled rows allows`,
    data: [...provenance.data, { name: data, licence: 'not stated', rows: result.rows }],
    metrics: {
      made_by: madeByTrain,
      tool_version: toolVersion,
      encoder: { id: encoder.id, sha256: encoder.sha256, ...provenance },
      rows: result.rows,
      held_out: result.held_out,
      penalty: result.penalty,
      precision_of_thresholds: result.precision,
      precision_missed: result.precision_missed.classes,
      accuracy: evaluation.accuracy,
      macro_f1: evaluation.macro_f1,
      category_accuracy: evaluation.category_accuracy,
      parent_accuracy: evaluation.parent_accuracy,
      accuracy_without_abstention: evaluation.best_accuracy,
      ece: evaluation.ece,
      abstention_rate: evaluation.abstention_rate,
      coverage_at_90_precision: evaluation.coverage_at_90_precision,
      learning_curve: result.learning_curve,
    },
  };
}
