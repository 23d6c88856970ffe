import { join } from 'node:path';
import type { Argv } from 'yargs';

import { openEncoder, openTagger } from '../../../../taggers/index.ts';
import { loadConfig } from '../../../config/load.ts';
import type { Card } from '../../../core/card.ts';
import { ConfigError, FatalError } from '../../../core/errors.ts';
import type { Taxonomy } from '../../../core/taxonomy.ts';
import { listCards } from '../../../run/cards/card-files.ts';
import { createContext } from '../../../run/context.ts';
import { answersFile, answersMaker } from '../../../run/evaluate/answers-maker.ts';
import { chooseAnswers, type PersonaAnswer, readAnswers } from '../../../run/evaluate/persona-answers.ts';
import { evaluatePersonas } from '../../../run/evaluate/persona-pass.ts';
import {
  type ControlChoice,
  controlChoices,
  describedPersonas,
  gatherProbes,
} from '../../../run/evaluate/persona-probes.ts';
import { requireLocal } from '../../../run/make/require-local.ts';
import { runMaker } from '../../../run/make/make-job.ts';
import { type CommandEffects, withProcess } from '../../process.ts';
import { makeSummary, renderMake } from '../../render/make.ts';
import { renderPersonaEvaluation } from '../../render/persona-evaluation.ts';
import { configsFolder, findConfig, loadTools } from '../../tools.ts';
import { type MakeArguments, makeParams, refuseAskingOptions } from '../make/llm-options.ts';

export interface PersonaArguments extends MakeArguments {
  persona?: string[];
  config: string;
  cards?: string[];
  answers?: string;
  cross: boolean;
  'allow-remote': boolean;
  control?: ControlChoice;
  tagger: string;
  encoder: string;
}

/** Options of `eval --persona`, beside those of everything that asks a model. */
export function withPersonaOptions<T>(
  yargs: Argv<T>,
): Argv<T & Omit<PersonaArguments, keyof MakeArguments | 'tagger'>> {
  return yargs
    .option('persona', {
      type: 'string',
      array: true,
      describe: 'Judge answers of personas instead: separability, style; names: only these',
    })
    .option('config', {
      type: 'string',
      default: 'configs/persona_training_config.yaml',
      describe: 'For --persona: its eval.persona_tests are the prompts',
    })
    .option('cards', { type: 'string', array: true, describe: 'For --persona: evaluate these cards' })
    .option('answers', {
      type: 'string',
      describe: 'For --persona: recorded answers {persona, prompt, answer}',
    })
    .option('cross', {
      type: 'boolean',
      default: true,
      describe: 'For --persona: every persona answers every prompt; --no-cross: its own alone',
    })
    .option('control', {
      choices: controlChoices,
      describe: 'For --persona: where <persona:…> stands; default: output.control_token',
    })
    .option('allow-remote', {
      type: 'boolean',
      default: false,
      describe: 'Prompts of cards discovered in a chat export may be sent to another machine',
    })
    .option('encoder', {
      type: 'string',
      default: 'minilm-v1',
      describe: 'For --persona: whose embeddings measure distances',
    }) as Argv<T & Omit<PersonaArguments, keyof MakeArguments | 'tagger'>>; // yargs widens `choices`
}

/** `eval --persona`: prompts are asked or recorded answers read, then judged. */
export async function evaluatePersonasCommand(args: PersonaArguments, taxonomy: Taxonomy): Promise<void> {
  if (args.answers !== undefined) refuseAskingOptions(args, '--answers are recorded ones');
  const { config } = await loadConfig({ path: findConfig(args.config), sets: [], taxonomy });
  const paths = (args.cards ?? []).map(findConfig);
  const cards =
    paths.length > 0 ? (await listCards(paths, { taxonomy, configsFolder })).map(({ card }) => card) : [];
  const tools = await loadTools({ persona: args.tagger, traits: config.taggers.traits }, taxonomy);
  const encoderTools = await loadTools({ persona: args.encoder, traits: config.taggers.traits }, taxonomy);
  await withProcess({ json: args.json }, async (effects) => {
    const answers =
      args.answers === undefined
        ? await askAnswers(args, { config, cards, taxonomy }, effects)
        : chooseAnswers(await readAnswers(args.answers), args.persona ?? [], args.answers);
    if (answers === null) return; // an estimate or a preview was printed
    await using persona = await openTagger(tools.personaTagger.folder, taxonomy);
    await using traits = await openTagger(tools.traitTagger.folder, taxonomy);
    await using encoder = await openEncoder(encoderTools.personaTagger.folder, taxonomy);
    const judges = { persona, traits, encoder, encoderName: encoderTools.personaTagger.id, taxonomy };
    const known = describedPersonas({ config, cards });
    const evaluation = await evaluatePersonas(answers, { known, judges, seed: args.seed });
    effects.print(args.json ? JSON.stringify(evaluation, null, 2) : renderPersonaEvaluation(evaluation));
  });
}

/** The answers of an endpoint; null where an estimate or a preview was printed instead. */
async function askAnswers(
  args: PersonaArguments,
  {
    config,
    cards,
    taxonomy,
  }: {
    readonly config: Awaited<ReturnType<typeof loadConfig>>['config'];
    readonly cards: readonly Card[];
    readonly taxonomy: Taxonomy;
  },
  effects: CommandEffects,
): Promise<readonly PersonaAnswer[] | null> {
  const probes = gatherProbes({ config, cards, only: args.persona ?? [] });
  if (args.provider === undefined && args.profile === undefined && args['base-url'] === undefined) {
    throw new ConfigError(
      'eval --persona: name an endpoint (--base-url or --profile), or recorded --answers',
      {
        code: 'usage',
        hint: 'tag-datasets eval --help shows examples',
      },
    );
  }
  const params = await makeParams(args, 'persona-answers');
  if (cards.some(({ kind }) => kind === 'discovered')) requireLocal(params.llm, args['allow-remote']);
  const maker = answersMaker({
    probes,
    crossed: args.cross,
    control: args.control ?? config.output.control_token,
    tokenFormat: config.inference.persona_token_format,
    personas: taxonomy.personas,
    temperatures: config.inference.persona_temperatures,
  });
  const outcome = await runMaker(maker, params, effects, createContext(effects));
  if (outcome.kind !== 'made') {
    effects.print(args.json ? JSON.stringify(makeSummary(outcome), null, 2) : renderMake(outcome));
    return null;
  }
  const { tally, out } = outcome;
  if (tally.unanswered === 0) return readAnswers(join(out, answersFile));
  throw new FatalError(`${tally.unanswered} of ${tally.asked} asks got no answer from the endpoint`, {
    code: 'make-unanswered',
    hint: 'run the same command again: only they are asked',
  });
}
