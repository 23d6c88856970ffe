import { ConfigError } from '../../core/errors.ts';
import type { Row } from '../../core/row.ts';
import type { SentenceEncoder, Tagger } from '../../core/tagger.ts';
import type { Taxonomy } from '../../core/taxonomy.ts';
import {
  measureSeparability,
  notSeparated,
  type PersonaSeparation,
  type Separability,
} from '../../evaluate/persona/separability.ts';
import { measureStyle, type StyleAgreement } from '../../evaluate/persona/style.ts';
import { wantedTraits } from '../../evaluate/persona/wanted-traits.ts';
import { compileTraitDecision } from '../../tag/decide.ts';
import { RowEncoder } from '../../tag/encode.ts';
import type { PersonaAnswer } from './persona-answers.ts';
import { describePersona, type ProbedPersona } from './persona-probes.ts';

/** The models that judge answers. */
export interface PersonaJudges {
  readonly persona: Tagger;
  readonly traits: Tagger;
  readonly encoder: SentenceEncoder;
  readonly encoderName: string;
  readonly taxonomy: Taxonomy;
}

export interface PersonaEvaluation {
  readonly answers: number;
  readonly prompts: number;
  readonly tagger: string;
  readonly encoder: string;
  /** Share of answers whose best class is that of the persona: among all classes, and among those evaluated. */
  readonly tagger_accuracy: number;
  readonly tagger_accuracy_among: number;
  /** What guessing among the classes evaluated gives. */
  readonly tagger_chance_among: number;
  readonly separability: Omit<Separability, 'per_persona'>;
  readonly trait_agreement: number | null;
  readonly style_consistency: number | null;
  readonly personas: readonly PersonaLine[];
}

export interface PersonaLine extends Omit<PersonaSeparation, 'taken_for'>, StyleAgreement {
  readonly id: string;
  /** Behaviour class. */
  readonly class: string;
  readonly answers: number;
  readonly tagged: number;
  readonly tagged_among: number;
  /** Persona whose answers its own resemble most, where that is not itself. */
  readonly taken_for: { readonly id: string; readonly share: number } | null;
  /** Parts of the wanted style that no trait stands for. */
  readonly unmatched_style: readonly string[];
}

/**
 * Judges answers of personas: what the tagger sees in them, whether embeddings tell them apart, whether they have the traits
 * that were wanted. Models see the answer alone: neither prompt nor control token can give a persona away.
 * @throws ConfigError `too-few-personas`, `persona-unknown`
 */
export async function evaluatePersonas(
  answers: readonly PersonaAnswer[],
  params: { readonly known: readonly ProbedPersona[]; readonly judges: PersonaJudges; readonly seed: number },
): Promise<PersonaEvaluation> {
  const { judges, known, seed } = params;
  const { taxonomy } = judges;
  const ids = [...new Set(answers.map(({ persona }) => persona))].toSorted();
  const described = ids.map((id) => describePersona(id, known, taxonomy));
  if (ids.length < 2) {
    throw new ConfigError(`answers of ${ids.length} persona; two at least can be told apart`, {
      code: 'too-few-personas',
      hint: 'evaluate several personas together',
    });
  }
  const prompts = [...new Set(answers.map(({ prompt }) => prompt))].toSorted();
  const personas = Uint16Array.from(answers, ({ persona }) => ids.indexOf(persona));
  const judged = await judge(answers, described, judges);
  const points = {
    answers: answers.length,
    personas,
    prompts: Uint32Array.from(answers, ({ prompt }) => prompts.indexOf(prompt)),
    vectors: judged.vectors,
    width: judges.encoder.width,
  };
  const { per_persona: separations, ...separability } = measureSeparability(points, ids.length, seed);
  const lines = personaLines({ described, personas, judged, separations, taxonomy });
  const classOf = (i: number): string => described[personas[i] ?? 0]?.persona ?? '';
  return {
    answers: answers.length,
    prompts: prompts.length,
    tagger: judges.persona.info.id,
    encoder: judges.encoderName,
    tagger_accuracy: share(answers.map((_, i) => judged.best[i] === classOf(i))),
    tagger_accuracy_among: share(answers.map((_, i) => judged.bestAmong[i] === classOf(i))),
    tagger_chance_among: 1 / new Set(described.map(({ persona }) => persona)).size,
    separability,
    trait_agreement: meanOf(lines, ({ agreement }) => agreement),
    style_consistency: meanOf(lines, ({ consistency }) => consistency),
    personas: lines,
  };
}

/** The table: what the tagger, the embeddings and the traits say of each persona. */
function personaLines(params: {
  readonly described: readonly ProbedPersona[];
  /** Index of the persona of each answer. */
  readonly personas: Uint16Array;
  readonly judged: Judged;
  readonly separations: readonly PersonaSeparation[];
  readonly taxonomy: Taxonomy;
}): PersonaLine[] {
  const { described, personas, judged, separations } = params;
  const traitIds = params.taxonomy.traits.map(({ id }) => id);
  const wanted = described.map(({ styles }) => wantedTraits(styles, traitIds));
  const styles = measureStyle(
    judged.traits.map((traits, i) => ({ persona: personas[i] ?? 0, traits })),
    wanted.map(({ traits }) => ({ wanted: traits })),
    traitIds,
  );
  return described.map(({ id, persona }, index): PersonaLine => {
    const own = judged.best.flatMap((_, i) => (personas[i] === index ? [i] : []));
    const { taken_for: takenFor, ...separation } = separations[index] ?? notSeparated;
    const other = takenFor && described[takenFor.persona];
    return {
      id,
      class: persona,
      answers: own.length,
      tagged: share(own.map((i) => judged.best[i] === persona)),
      tagged_among: share(own.map((i) => judged.bestAmong[i] === persona)),
      ...separation,
      taken_for: takenFor && other ? { id: other.id, share: takenFor.share } : null,
      ...(styles[index] ?? emptyStyle),
      unmatched_style: wanted[index]?.unmatched ?? [],
    };
  });
}

const emptyStyle: StyleAgreement = {
  wanted: [],
  agreement: null,
  others: null,
  consistency: null,
  consistency_with_others: null,
};

interface Judged {
  /** Best class of each answer among all, and among those evaluated. */
  readonly best: readonly string[];
  readonly bestAmong: readonly string[];
  /** Trait bits of each answer. */
  readonly traits: readonly number[];
  readonly vectors: Float32Array;
}

/** One answer at a time: a few hundred of them, and no model depends on its batch. */
async function judge(
  answers: readonly PersonaAnswer[],
  described: readonly ProbedPersona[],
  { persona, traits, encoder, taxonomy }: PersonaJudges,
): Promise<Judged> {
  const classes = new Set(described.map((each) => each.persona));
  const rowEncoder = new RowEncoder();
  const decide = compileTraitDecision(taxonomy, traits.info.labels, traits.info.thresholds);
  const out = { best: [] as string[], bestAmong: [] as string[], traits: [] as number[] };
  const vectors = new Float32Array(answers.length * encoder.width);
  for (const [i, { answer }] of answers.entries()) {
    const row: Row = { messages: [{ role: 'assistant', content: answer }] };
    const { text } = rowEncoder.encode([row]);
    const { scores } = await persona.tag(text);
    out.best.push(bestOf(persona.info.labels, scores, () => true));
    out.bestAmong.push(bestOf(persona.info.labels, scores, (label) => classes.has(label)));
    out.traits.push(decide((await traits.tag(text)).scores, 0));
    vectors.set(await encoder.encode(text), i * encoder.width);
  }
  return { ...out, vectors };
}

function bestOf(
  labels: readonly string[],
  scores: Float32Array,
  isAllowed: (label: string) => boolean,
): string {
  let [best, highest] = ['', -1];
  labels.forEach((label, i) => {
    const score = scores[i] ?? 0;
    if (score > highest && isAllowed(label)) [best, highest] = [label, score];
  });
  return best;
}

function share(values: readonly boolean[]): number {
  return values.length > 0 ? values.filter(Boolean).length / values.length : 0;
}

function meanOf(lines: readonly PersonaLine[], value: (line: PersonaLine) => number | null): number | null {
  const known = lines.map(value).filter((each) => each !== null);
  return known.length > 0 ? known.reduce((sum, each) => sum + each, 0) / known.length : null;
}
