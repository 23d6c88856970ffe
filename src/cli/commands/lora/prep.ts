import { join } from 'node:path';
import type { CommandModule } from 'yargs';

import { loadTaxonomy } from '../../../../taggers/index.ts';
import { ConfigError, FatalError, TagDatasetsError, ValidationError } from '../../../core/errors.ts';
import { createContext } from '../../../run/context.ts';
import {
  levelChoices,
  type LevelChoice,
  modeChoices,
  type ModeChoice,
  targetChoices,
  type TargetChoice,
} from '../../../run/lora/choices.ts';
import type { LoraSource } from '../../../run/lora/lora-source.ts';
import { openLoraSource, type SourceChoice } from '../../../run/lora/open-source.ts';
import { prepareLora, type PrepResult } from '../../../run/lora/prep.ts';
import { listExtracted } from '../../../run/lora/read-extract.ts';
import { answeredSource, repliesFile, repliesMaker } from '../../../run/lora/replies-maker.ts';
import { openTextCounter, type TextCounter } from '../../../run/lora/text-counter.ts';
import { runMaker } from '../../../run/make/make-job.ts';
import { requireLocal } from '../../../run/make/require-local.ts';
import { type CommandEffects, withProcess } from '../../process.ts';
import { renderPreparations } from '../../render/lora.ts';
import { makeSummary, renderMake } from '../../render/make.ts';
import { findConfig, packageVersion } from '../../tools.ts';
import { type MakeArguments, makeParams, refuseAskingOptions, withMakeOptions } from '../make/llm-options.ts';
import { checkSeed } from './check-seed.ts';

interface PrepArguments extends MakeArguments {
  from?: string;
  run?: string;
  rows?: string;
  persona?: string[];
  all: boolean;
  adapter?: string;
  card?: string;
  target?: TargetChoice;
  mode: ModeChoice;
  level?: LevelChoice;
  tokenizer?: string;
  'allow-remote': boolean;
}

export const loraPrepCommand: CommandModule<object, PrepArguments> = {
  command: 'prep',
  describe: 'Training rows {"messages": [system, user, assistant]}, redacted, without placeholders',
  builder: (yargs) =>
    withMakeOptions(yargs)
      .option('from', { type: 'string', describe: 'Folder that extract wrote' })
      .option('run', { type: 'string', describe: 'Folder of a finished run; with --adapter or --persona' })
      .option('rows', { type: 'string', describe: 'File of rows spoken by --card' })
      .option('persona', { type: 'string', array: true, describe: 'Persona; several may be named' })
      .option('all', { type: 'boolean', default: false, describe: 'Every persona of --from' })
      .option('adapter', { type: 'string', describe: 'Adapter group of --run' })
      .option('card', { type: 'string', describe: 'Card whose prompts are the system prompt' })
      .option('target', {
        choices: targetChoices,
        describe:
          'Whose replies are trained: your own (default with --from), the assistant’s good ones, or those of a model asked now',
      })
      .option('mode', { choices: modeChoices, default: '16GB' as const, describe: 'Caps on rows and tokens' })
      .option('level', {
        choices: levelChoices,
        describe: 'Level of the system prompt; default: the richest that leaves half of the sequence',
      })
      .option('tokenizer', {
        type: 'string',
        describe: 'tokenizer.json that counts tokens; without one they are estimated (UTF-8 bytes / 4)',
      })
      .option('allow-remote', {
        type: 'boolean',
        default: false,
        describe: '--target endpoint may send (redacted) texts to another machine',
      })
      .example('$0 lora prep --from runs/extract --persona architect', 'your own messages as replies')
      .example('$0 lora prep --from runs/extract --all --target assistant', 'good replies to your messages')
      .example('$0 lora prep --run runs/mine --adapter tech_expert --mode 32GB', 'rows of an adapter group')
      .example(
        '$0 lora prep --from runs/extract --persona architect --target endpoint --base-url http://127.0.0.1:8000/v1 --model qwen',
        'replies of a local model in the persona’s manner',
      ),
  async handler(args) {
    checkSeed(args.seed);
    const taxonomy = await loadTaxonomy();
    const counter = await openTextCounter(args.tokenizer ?? null);
    await withProcess({ json: args.json }, async (effects) => {
      const opened: OpenedSource[] = [];
      // all before the first is made: a misspelt name stops before any work
      for (const choice of await choicesOf(args)) opened.push(await openLoraSource(choice, taxonomy));
      const { results, failures } = await prepareEach(args, opened, counter, effects);
      // of an estimate or a preview there is no result: it was printed
      if (results.length > 0)
        effects.print(args.json ? JSON.stringify(results, null, 2) : renderPreparations(results));
      if (failures.length > 0) throw withoutData(failures, opened.length);
    });
  },
};

type OpenedSource = Awaited<ReturnType<typeof openLoraSource>>;

/** What is amiss with one persona and says nothing of the others. */
const amissWithOne: ReadonlySet<string> = new Set(['no-rows', 'system-missing', 'system-too-long']);

/** Of several personas those that can be made are made, whatever stands before them. */
async function prepareEach(
  args: PrepArguments,
  opened: readonly OpenedSource[],
  counter: TextCounter,
  effects: CommandEffects,
): Promise<{ readonly results: readonly PrepResult[]; readonly failures: readonly TagDatasetsError[] }> {
  const results: PrepResult[] = [];
  const failures: TagDatasetsError[] = [];
  for (const { source, name } of opened) {
    try {
      const result = await prepareOne(args, { source, name, counter }, effects);
      if (result) results.push(result);
    } catch (error) {
      const isPassedOver =
        opened.length > 1 && error instanceof TagDatasetsError && amissWithOne.has(error.code);
      if (!isPassedOver) throw error;
      failures.push(error);
    }
  }
  return { results, failures };
}

function withoutData(failures: readonly TagDatasetsError[], personas: number): ValidationError {
  const reasons = failures.map(({ message }) => message).join('; ');
  const rest = failures.length === personas ? 'nothing was written' : 'the others were written';
  return new ValidationError(`${failures.length} of ${personas} personas have no training data: ${reasons}`, {
    code: 'no-rows',
    hint: `${rest}; another --target, --mode or --level, or a --card, may help`,
  });
}

async function choicesOf(args: PrepArguments): Promise<SourceChoice[]> {
  const { from, run, rows, adapter, persona = [], all } = args;
  const card = args.card === undefined ? undefined : findConfig(args.card);
  const shared: SourceChoice = {
    ...(from === undefined ? {} : { from }),
    ...(run === undefined ? {} : { run }),
    ...(rows === undefined ? {} : { rows }),
    ...(card === undefined ? {} : { card }),
    ...(adapter === undefined ? {} : { adapter }),
  };
  if (all && from === undefined) throw new ConfigError('--all needs --from', { code: 'usage' });
  const personas = all && from !== undefined ? await listExtracted(from) : persona;
  return personas.length === 0 ? [shared] : personas.map((each) => ({ ...shared, persona: each }));
}

async function prepareOne(
  args: PrepArguments,
  found: OpenedSource & { readonly counter: TextCounter },
  effects: CommandEffects,
): Promise<PrepResult | null> {
  const { name, counter } = found;
  const target = args.target ?? (args.from === undefined ? 'assistant' : 'self');
  const out = args.out ?? join(args.from ?? args.run ?? '.', 'lora_training');
  const level = args.level ?? null;
  if (target !== 'endpoint') refuseAskingOptions(args, 'nobody is asked without --target endpoint');
  let { source } = found;
  if (target === 'endpoint') {
    const folder = join(out, 'replies', name);
    const isMade = await askReplies(args, { ...found, folder, level }, effects);
    if (!isMade) return null;
    source = answeredSource(source, join(folder, repliesFile));
  }
  const { mode, seed } = args;
  return prepareLora(
    { source, name, target, mode, level, counter, seed, out, toolVersion: packageVersion },
    effects.signal,
  );
}

/** Whether the replies are there; an estimate or a preview is printed instead. */
async function askReplies(
  args: PrepArguments,
  found: {
    readonly source: LoraSource;
    readonly name: string;
    readonly level: LevelChoice | null;
    readonly counter: TextCounter;
    readonly folder: string;
  },
  effects: CommandEffects,
): Promise<boolean> {
  const { source, name, level, counter, folder } = found;
  const params = await makeParams({ ...args, out: folder }, 'replies');
  requireLocal(params.llm, args['allow-remote']);
  const maker = repliesMaker({ source, name, mode: args.mode, level, count: counter.count });
  const outcome = await runMaker(maker, params, effects, createContext(effects));
  if (outcome.kind !== 'made') {
    effects.print(args.json ? JSON.stringify(makeSummary(outcome), null, 2) : renderMake(outcome));
    return false;
  }
  if (outcome.tally.unanswered === 0) return true;
  throw new FatalError(
    `${outcome.tally.unanswered} of ${outcome.tally.asked} asks got no answer from the endpoint`,
    {
      code: 'make-unanswered',
      hint: 'run the same command again: only they are asked',
    },
  );
}
