import { join } from 'node:path';
import type { Tagger } from '../src/core/tagger.ts';
import { openSession } from '../src/onnx/session.ts';
import type { TaggerFolder, TaggerJson } from './tagger-json.ts';
import { emptyRow, encodeRow, feedsOf, groupByLength, openTokenizer } from './token-rows.ts';

type ClassifierJson = Extract<TaggerJson, { kind: 'text-classifier' }>;

/**
 * Any BERT-family classifier: `input_ids`, `attention_mask` and, where the model has it, `token_type_ids` in, logits out.
 * Traits read the assistant's text alone; personas read the user's text as the first part and the assistant's as the second,
 * with two thirds of the room for the assistant.
 */
export async function openTextClassifier({ folder, json, info }: TaggerFolder): Promise<Tagger> {
  if (json.kind !== 'text-classifier') throw new TypeError(`kind ${json.kind}`);
  const tokenizer = await openTokenizer(join(folder, json.tokenizer));
  const session = await openSession(join(folder, json.model), {
    inputs: ['input_ids', 'attention_mask'],
    optionalInputs: ['token_type_ids'],
    output: json.output,
    outputWidth: info.labels.length,
  });
  return {
    info,
    async tag(batch) {
      const rows = Array.from({ length: batch.rows }, (_, row) => encodeRow(tokenizer, batch, row, json));
      const scores = new Float32Array(batch.rows * info.labels.length);
      for (const group of groupByLength(rows)) {
        const logits = await session.run(
          feedsOf(
            session,
            group.rows.map((row) => rows[row] ?? emptyRow),
            group.length,
            tokenizer.padId,
          ),
        );
        for (const [i, row] of group.rows.entries()) {
          activate(
            logits,
            i * info.labels.length,
            info.labels.length,
            json,
            scores,
            row * info.labels.length,
          );
        }
      }
      return { scores };
    },
    [Symbol.asyncDispose]: () => session[Symbol.asyncDispose](),
  };
}

/** Logits to scores, rounded to 1e-4: kernels differ in the last bits with the number of rows in a call. */
function activate(
  logits: Float32Array,
  from: number,
  width: number,
  json: ClassifierJson,
  out: Float32Array,
  at: number,
): void {
  const temperature = json.calibration.folded ? 1 : json.calibration.temperature;
  let highest = -Infinity;
  for (let j = 0; j < width; j++) highest = Math.max(highest, (logits[from + j] ?? 0) / temperature);
  let sum = 0;
  for (let j = 0; j < width; j++) sum += Math.exp((logits[from + j] ?? 0) / temperature - highest);
  for (let j = 0; j < width; j++) {
    const logit = (logits[from + j] ?? 0) / temperature;
    const score =
      json.activation === 'softmax' ? Math.exp(logit - highest) / sum : 1 / (1 + Math.exp(-logit));
    out[at + j] = Math.round(score * 1e4) / 1e4;
  }
}
