import { abstainPersona, type Taxonomy } from '../../core/taxonomy.ts';
import type { Tagger, TaggerInfo } from '../../core/tagger.ts';
import { compileCorrection } from '../../fit/correction.ts';
import { bestLabel } from '../../tag/decide.ts';
import { RowEncoder } from '../../tag/encode.ts';
import { readBlock } from './labelled-rows.ts';
import type { BlockJudgements, JudgeTask } from '../tasks.ts';

/** Tags the rows of one block. Holds one batch and 10 bytes a row. */
export async function judgeStep(
  { block, among, correction }: JudgeTask,
  { persona, taxonomy }: { readonly persona: Tagger; readonly taxonomy: Taxonomy },
): Promise<BlockJudgements> {
  const encoder = new RowEncoder();
  const judge = createJudge(persona.info, taxonomy, among);
  const width = persona.info.labels.length;
  const correct = correction && compileCorrection(correction);
  const rows = block.to - block.from;
  const out = { best: new Uint8Array(rows), scores: new Float64Array(rows), isSure: new Uint8Array(rows) };
  let at = 0;
  for await (const batch of readBlock(block)) {
    const { text, outputChars } = encoder.encode(batch);
    const { scores } = await persona.tag(text);
    for (let row = 0; row < batch.length; row++, at++) {
      // As in a run, only rows that could have been lessons.
      if (correct && (outputChars[row] ?? 0) > 0) correct(scores.subarray(row * width, (row + 1) * width));
      const { best, score, isSure } = judge(scores, row);
      out.best[at] = best;
      out.scores[at] = score;
      out.isSure[at] = isSure ? 1 : 0;
    }
  }
  return out;
}

/** How a row's scores are judged; `among`: only these personas, nothing abstains; null: as `tag` decides. */
export function createJudge(info: TaggerInfo, taxonomy: Taxonomy, among: readonly number[] | null): Judge {
  return among ? judgeAmong(info, taxonomy, among) : judgeAll(info, taxonomy);
}

type Judge = (
  scores: Float32Array,
  row: number,
) => { readonly best: number; readonly score: number; readonly isSure: boolean };

/** As `tag` decides. */
function judgeAll({ labels, thresholds }: TaggerInfo, taxonomy: Taxonomy): Judge {
  const personaOf = indices(labels, taxonomy);
  return (scores, row) => {
    const { label, score, isSure } = bestLabel(scores, row, thresholds);
    return { best: personaOf[label] ?? 0, score, isSure };
  };
}

/** The best of the classes `among`, with their probabilities made to sum to 1; nothing abstains. */
function judgeAmong({ labels }: TaggerInfo, taxonomy: Taxonomy, among: readonly number[]): Judge {
  const candidates = indices(labels, taxonomy).flatMap((persona, label) =>
    among.includes(persona) ? [{ persona, label }] : [],
  );
  return (scores, row) => {
    const at = row * labels.length;
    let sum = 0;
    let best = candidates[0];
    for (const candidate of candidates) {
      const score = scores[at + candidate.label] ?? 0;
      sum += score;
      if (best && score > (scores[at + best.label] ?? 0)) best = candidate;
    }
    const score = best ? (scores[at + best.label] ?? 0) : 0;
    return { best: best?.persona ?? 0, score: sum > 0 ? score / sum : 1 / candidates.length, isSure: true };
  };
}

function indices(labels: readonly string[], { personas }: Taxonomy): number[] {
  const abstain = personas.findIndex((persona) => persona.id === abstainPersona);
  return labels.map((label) => {
    const index = personas.findIndex((persona) => persona.id === label);
    return index < 0 ? abstain : index;
  });
}
