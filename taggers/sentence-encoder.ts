import { join } from 'node:path';
import { ConfigError } from '../src/core/errors.ts';
import type { EncoderFolder, SentenceEncoder, Tagger } from '../src/core/tagger.ts';
import type { Taxonomy } from '../src/core/taxonomy.ts';
import { openBagModel } from '../src/onnx/bag-model.ts';
import { type FeatureBatch, featuriseFor } from '../src/onnx/featurise.ts';
import { openSession } from '../src/onnx/session.ts';
import { applyMultiTurnRule, multiTurnRule } from './multi-turn-rule.ts';
import { activate } from './score-rows.ts';
import { readTaggerFolder, type TaggerFolder } from './tagger-json.ts';
import { emptyRow, encodeRow, feedsOf, openTokenizer } from './token-rows.ts';

/**
 * The persona tagger of a sentence encoder's folder: its persona head, multiplied with what the folder's bag model says of the row,
 * and the multi_turn rule of the fast tagger; from the same pass its trait heads. One row a call, as `scoreRows` says why.
 */
export async function openSentenceTagger({ folder, json, info }: TaggerFolder): Promise<Tagger> {
  if (json.kind !== 'sentence-encoder') throw new TypeError(`kind ${json.kind}`);
  const tokenizer = await openTokenizer(join(folder, json.tokenizer), json.copyMark);
  const session = await openSession(join(folder, json.model), {
    inputs: ['input_ids', 'attention_mask'],
    optionalInputs: ['token_type_ids'],
    output: json.outputs.persona,
    outputWidth: info.labels.length,
    side: { output: json.outputs.traits, width: json.traitHeads.length },
  });
  const bag = json.bag && (await openBag(join(folder, json.bag.model), info.labels.length, json.bag.weight));
  const rule = multiTurnRule(info.labels);
  const width = info.labels.length;
  const names = json.traitHeads;
  const personaRule = { ...json, activation: 'softmax' } as const;
  const headRule = { activation: 'sigmoid', calibration: { temperature: 1, folded: true } } as const;
  const reader = {};
  return {
    info,
    async tag(batch) {
      const rows = Array.from({ length: batch.rows }, (_, row) => encodeRow(tokenizer, batch, row, json));
      const features = featuriseFor(reader, batch);
      const spoken = await bag?.weightedLogs(features);
      const scores = new Float32Array(rows.length * width);
      const values = new Float32Array(rows.length * names.length);
      for (const [row, encoded] of rows.entries()) {
        const { main, side } = await session.runBoth(feedsOf(session, encoded));
        if (spoken) for (let j = 0; j < width; j++) main[j] = (main[j] ?? 0) + (spoken[row * width + j] ?? 0);
        activate(main, personaRule, scores.subarray(row * width, (row + 1) * width));
        activate(side, headRule, values.subarray(row * names.length, (row + 1) * names.length));
      }
      applyMultiTurnRule(scores, features, width, rule);
      return { scores, heads: { names, values } };
    },
    async [Symbol.asyncDispose]() {
      await session[Symbol.asyncDispose]();
      await bag?.[Symbol.asyncDispose]();
    },
  };
}

/** Below it a bag model's probability says no more than "not this". */
const leastProbability = 1e-5;

/**
 * The bag model beside an encoder. The two err on different rows, since one reads the beginnings of both sides in order and the
 * other all words and the row's structure; experts whose probabilities are multiplied are a product of experts (Hinton 2002).
 */
async function openBag(path: string, labels: number, weight: number) {
  const model = await openBagModel(path, { outputs: labels, readsUser: true });
  return {
    /** `weight` times the log-probabilities, row-major [rows, labels]. */
    async weightedLogs(features: FeatureBatch): Promise<Float32Array> {
      // A logarithm magnifies last bits, so that rows are read one by one here too.
      const scores = await model.score(features, 1);
      return scores.map((score) => weight * Math.log(Math.max(score, leastProbability)));
    },
    [Symbol.asyncDispose]: () => model[Symbol.asyncDispose](),
  };
}

/** Output with the numbers of a row, where tagger.json does not name it. */
const embeddingOutput = 'embedding';

/** @throws ConfigError `encoder-unsupported`, and what reading the folder throws */
export async function describeEncoder(folder: string, taxonomy: Taxonomy): Promise<EncoderFolder> {
  const { json, info } = await readTaggerFolder(folder, taxonomy);
  if (!('tokenizer' in json) || json.task !== 'persona') {
    throw new ConfigError(`${folder}: a ${json.kind} tagger of ${json.task} has no sentence encoder`, {
      code: 'encoder-unsupported',
      hint: 'name a transformer tagger whose model has an output "embedding"',
    });
  }
  return {
    id: info.id,
    sha256: info.sha256,
    model: join(folder, json.model),
    tokenizer: join(folder, json.tokenizer),
    embedding: json.kind === 'sentence-encoder' ? json.outputs.embedding : embeddingOutput,
    maximumTokens: json.maximumTokens,
    copyMark: json.copyMark,
    licence: json.licence,
    data: json.data,
  };
}

/** Opens the encoder of a transformer tagger's folder. @throws ConfigError as describeEncoder, `onnx-wrong-shape` */
export async function openEncoder(folder: string, taxonomy: Taxonomy): Promise<SentenceEncoder> {
  const described = await describeEncoder(folder, taxonomy);
  const { model, tokenizer: tokenizerPath, embedding, maximumTokens, copyMark } = described;
  const tokenizer = await openTokenizer(tokenizerPath, copyMark);
  const session = await openSession(model, {
    inputs: ['input_ids', 'attention_mask'],
    optionalInputs: ['token_type_ids'],
    output: embedding,
    outputWidth: null,
  });
  // One row a call: nothing is padded, and int8 models scale their activations by the call, which would make rows depend on others.
  const encodeOne = (batch: Parameters<SentenceEncoder['encode']>[0], row: number): Promise<Float32Array> => {
    const encoded = encodeRow(tokenizer, batch, row, { task: 'persona', maximumTokens, copyMark });
    return session.run(feedsOf(session, encoded));
  };
  const { length: width } = await encodeOne(emptyRow(), 0);
  return {
    width,
    async encode(batch) {
      const numbers = new Float32Array(batch.rows * width);
      for (let row = 0; row < batch.rows; row++) numbers.set(await encodeOne(batch, row), row * width);
      return numbers;
    },
    [Symbol.asyncDispose]: () => session[Symbol.asyncDispose](),
  };
}
