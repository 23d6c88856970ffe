import type { Config } from '../../config/schema.ts';
import type { Recipe } from '../../source/recipe.ts';
import { describeEntry, withItsRecipe } from '../scan/sources.ts';
import type { Corpus, CorpusSource } from './corpus.ts';

/**
 * A tagged corpus as a run of `config` would plan it: the units of sources that the configuration no longer has are gone, and
 * the others count as their entries say. Sources that no entry names are those of `dataset.data_path`.
 * @throws ConfigError `recipe-unknown`
 */
export function corpusUnder(corpus: Corpus, config: Config, recipes: readonly Recipe[]): Corpus {
  const entries = new Map(
    config.sources.map((entry) => [entry.name, describeEntry(withItsRecipe(entry, recipes))]),
  );
  const isKept = (index: number): boolean =>
    entries.has(corpus.sources[index]?.name ?? '') || config.dataset.data_path !== undefined;
  const sources = corpus.sources.map((tagged) => {
    const asked = entries.get(tagged.name);
    if (!asked) return tagged;
    return isOriginTagged(tagged, asked)
      ? asked
      : { ...asked, persona: tagged.persona, priorStrength: tagged.priorStrength };
  });
  const units = corpus.units.filter((unit) => isKept(unit.source));
  const { screening } = corpus;
  if (!screening) return { ...corpus, sources, units };
  const sidecars = screening.sidecars.filter((_, u) => isKept(corpus.units[u]?.source ?? -1));
  return { ...corpus, sources, units, screening: { ...screening, sidecars } };
}

type Origin = Pick<CorpusSource, 'persona' | 'priorStrength'>;

/**
 * Whether labels can be decided under the origin persona that is asked for. It is weighed by its probability for the row, which
 * sidecars hold for the persona that they were tagged with alone; a strength of 0 or 1 needs none.
 */
export function isOriginTagged(tagged: Origin, asked: Origin): boolean {
  return asked.persona === tagged.persona || asked.priorStrength === 0 || asked.priorStrength === 1;
}
