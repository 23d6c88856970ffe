import { join } from 'node:path';
import type { Tagger } from '../src/core/tagger.ts';
import { openSession } from '../src/onnx/session.ts';
import type { TaggerFolder } from './tagger-json.ts';
import { scoreRows } from './score-rows.ts';
import { encodeRow, openTokenizer } from './token-rows.ts';

/**
 * Any BERT-family classifier: `input_ids`, `attention_mask` and, where the model has it, `token_type_ids` in, logits out.
 * Traits read the assistant's text alone; personas read the user's text as the first part and the assistant's as the second,
 * with two thirds of the room for the assistant.
 */
export async function openTextClassifier({ folder, json, info }: TaggerFolder): Promise<Tagger> {
  if (json.kind !== 'text-classifier') throw new TypeError(`kind ${json.kind}`);
  const tokenizer = await openTokenizer(join(folder, json.tokenizer), json.copyMark);
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
      return { scores: await scoreRows(session, rows, { json, width: info.labels.length }) };
    },
    [Symbol.asyncDispose]: () => session[Symbol.asyncDispose](),
  };
}
