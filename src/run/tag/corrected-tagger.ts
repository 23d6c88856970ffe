import type { Tagger } from '../../core/tagger.ts';
import { compileCorrection, type Correction } from '../../fit/correction.ts';

/** Id of the fast tier where the accurate one has corrected it: `persona-v1+minilm-v1`. */
export function correctedId(fast: string, accurate: string): string {
  return `${fast}+${accurate}`;
}

/** The fast tier with what the accurate tier taught it of a corpus; has no session of its own and explains nothing. */
export function correctedTagger(fast: Tagger, correction: Correction): Tagger {
  const correct = compileCorrection(correction);
  return {
    info: fast.info,
    async tag(batch, heads) {
      const said = await fast.tag(batch, heads);
      correct(said.scores);
      return said;
    },
    [Symbol.asyncDispose]: () => fast[Symbol.asyncDispose](),
  };
}
